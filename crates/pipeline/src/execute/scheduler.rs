//! Which task runs when: as many at once as there are threads and memory for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Sender, channel};
use std::sync::{PoisonError, RwLock};
use std::thread::{Scope, scope};

use neuroloom_core::{Error, Result};

use super::task::{Finished, execute};
use super::{RunError, Session};
use crate::journal::JournalEvent;
use crate::observer::Event;

type Message = (usize, Result<Finished>);

/// Runs all tasks; those of equal standing start in the order of the plan.
pub(crate) fn run_all(session: &Session<'_>) -> Result<Vec<Finished>, RunError> {
    let done = RwLock::new(BTreeMap::new());
    let mut queue = Queue::new(session);
    let mut failure = None;
    scope(|scope| {
        let (sender, receiver) = channel::<Message>();
        loop {
            while failure.is_none() {
                let Some(next) = queue.start_next() else { break };
                spawn(scope, session, &done, next, sender.clone());
            }
            if queue.running.is_empty() {
                break;
            }
            let Ok((index, result)) = receiver.recv() else { break };
            queue.end(index);
            match result {
                Ok(finished) => {
                    done.write().unwrap_or_else(PoisonError::into_inner).insert(index, finished);
                }
                Err(error) => {
                    let report = fail(session, index, error);
                    failure.get_or_insert(report);
                }
            }
        }
    });
    match failure {
        Some(failure) => Err(failure),
        None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()),
    }
}

fn spawn<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    session: &'env Session<'_>,
    done: &'env RwLock<BTreeMap<usize, Finished>>,
    index: usize,
    sender: Sender<Message>,
) {
    scope.spawn(move || {
        let upstream = |id: &str| {
            let position = session.plan.position(id)?;
            done.read().unwrap_or_else(PoisonError::into_inner).get(&position).cloned()
        };
        let result = session.plan.get(index).map_or_else(
            || Err(Error::internal("a task without a plan was started")),
            |(task, planned)| execute(session, task, planned, &upstream),
        );
        // The receiver outlives every sender: it waits for all running tasks.
        let _ = sender.send((index, result));
    });
}

fn fail(session: &Session<'_>, index: usize, error: Error) -> RunError {
    let task = session.plan.pipeline.tasks.get(index).map(|task| task.id.clone());
    let id = task.as_deref().unwrap_or_default();
    session.observer.event(&Event::Failed { task: id, error: &error });
    // The error of the task is the one to report, whatever becomes of the journal.
    let _ = session.journal.write(id, JournalEvent::Failed, error.to_string());
    RunError { task, error }
}

/// The tasks that are ready or running, and how much the others still wait for.
struct Queue<'a> {
    session: &'a Session<'a>,
    /// Connections to unfinished tasks, per task.
    needs: Vec<usize>,
    /// The tasks at the other end of each connection, per task.
    dependants: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    running: BTreeSet<usize>,
}

impl<'a> Queue<'a> {
    fn new(session: &'a Session<'_>) -> Self {
        let plan = session.plan;
        let mut needs = vec![0; plan.tasks.len()];
        let mut dependants = vec![Vec::new(); plan.tasks.len()];
        for (index, task) in plan.tasks.iter().enumerate() {
            for source in task.inputs.iter().filter_map(|input| plan.position(&input.from_task)) {
                needs[index] += 1;
                dependants[source].push(index);
            }
        }
        let ready =
            needs.iter().enumerate().filter(|(_, needs)| **needs == 0).map(|(index, _)| index).collect();
        Self { session, needs, dependants, ready, running: BTreeSet::new() }
    }

    /// Takes the first task that is ready and fits.
    fn start_next(&mut self) -> Option<usize> {
        if self.running.len() >= self.session.options.threads.max(1) {
            return None;
        }
        let next = self.ready.iter().copied().find(|&index| self.fits(index))?;
        self.ready.remove(&next);
        self.running.insert(next);
        Some(next)
    }

    /// A task has ended; those that waited for nothing else are ready now.
    fn end(&mut self, index: usize) {
        self.running.remove(&index);
        for dependant in std::mem::take(&mut self.dependants[index]) {
            self.needs[dependant] -= 1;
            if self.needs[dependant] == 0 {
                self.ready.insert(dependant);
            }
        }
    }

    /// Alone, any task may run; beside others only if the estimates together stay below the limit.
    fn fits(&self, index: usize) -> bool {
        let need = |index: usize| {
            self.session.plan.tasks.get(index).map_or(0, |task| task.step.resources.memory_bytes)
        };
        let Some(limit) = self.session.options.memory_bytes else { return true };
        let used = self.running.iter().map(|&other| need(other)).fold(0, u64::saturating_add);
        self.running.is_empty() || used.saturating_add(need(index)) <= limit
    }
}
