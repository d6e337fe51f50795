//! Which task runs when: as many at once as there are threads and memory for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{Scope, scope};
use std::time::{Duration, Instant};

use neuroloom_core::{Error, Result};

use super::task::{Attempt, Finished, attempt};
use super::{RunError, Session};
use crate::frozen::{FrozenInput, FrozenPlan, Prepared};
use crate::store::Entry;

/// How long to wait before looking again at a result that another process is making.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Tasks that are computed and wait for the disk, at once. File systems write many files together in about the time of
/// one.
const STORING_AT_ONCE: usize = 16;

/// What the thread of a task tells.
enum Message {
    /// What is left to do is to store its result.
    Computed(usize),
    /// There is nothing left to do.
    Ended(usize, Result<Attempt>),
}

type Prepare<'a> = &'a (dyn Fn(usize) -> Result<Prepared> + Sync);

/// Runs all tasks that were asked for; those of equal standing start in the order of the plan. Gives what is known of
/// every task of the plan at the end.
pub(crate) fn run_all(
    session: &Session<'_>,
    plan: &FrozenPlan,
    prepare: Prepare<'_>,
) -> Result<Vec<Option<Finished>>, RunError> {
    let shared = Shared { session, plan, prepare, done: RwLock::default() };
    let mut queue = Queue::new(session, plan);
    let mut failures: Vec<RunError> = Vec::new();
    scope(|scope| {
        let (sender, receiver) = channel::<Message>();
        loop {
            let going =
                failures.is_empty() || (session.options.keep_going && !session.options.cancel.is_cancelled());
            if going {
                while let Some(next) = queue.start_next() {
                    shared.spawn(scope, next, sender.clone());
                }
            }
            if queue.running.is_empty() && !(going && queue.waits_for_others()) {
                break;
            }
            match receiver.recv_timeout(LOOK_AGAIN) {
                Ok(Message::Computed(index)) => queue.store(index),
                Ok(Message::Ended(index, Ok(Attempt::Done(finished)))) => {
                    shared.done.write().unwrap_or_else(PoisonError::into_inner).insert(index, finished);
                    queue.end(index);
                }
                Ok(Message::Ended(index, Ok(Attempt::Elsewhere))) => queue.postpone(index),
                Ok(Message::Ended(index, Err(error))) => {
                    queue.fail(index);
                    failures.push(match plan.tasks.get(index) {
                        Some(task) => session.fail(task, error),
                        None => error.into(),
                    });
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    let others = failures.len().saturating_sub(1);
    if let Some(first) = failures.into_iter().next() {
        return Err(RunError { others, ..first });
    }
    let mut done = shared.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((0..plan.tasks.len()).map(|index| done.remove(&index)).collect())
}

/// What the threads of the tasks look at.
struct Shared<'a> {
    session: &'a Session<'a>,
    plan: &'a FrozenPlan,
    prepare: Prepare<'a>,
    done: RwLock<BTreeMap<usize, Finished>>,
}

impl Shared<'_> {
    fn spawn<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        index: usize,
        sender: Sender<Message>,
    ) {
        scope.spawn(move || {
            let result = match self.plan.tasks.get(index) {
                Some(task) => {
                    let upstream = |input: &FrozenInput| self.upstream(input);
                    let computed = || drop(sender.send(Message::Computed(index)));
                    attempt(self.session, task, &|| (self.prepare)(index), &upstream, &computed)
                }
                None => Err(Error::internal("a task without a plan was started")),
            };
            // The receiver outlives every sender: it waits for all running tasks.
            let _ = sender.send(Message::Ended(index, result));
        });
    }

    fn upstream(&self, input: &FrozenInput) -> Result<Arc<Entry>> {
        let done = self.done.read().unwrap_or_else(PoisonError::into_inner);
        let here = self.plan.position(&input.spec.from_task).and_then(|position| done.get(&position));
        if let Some(finished) = here {
            return Ok(Arc::clone(&finished.entry));
        }
        let stored = self.session.store.find(input.recipe);
        stored.map(Arc::new).ok_or_else(|| not_done(input))
    }
}

/// A task that was not asked for, or was planned for another process, has no result yet.
pub(super) fn not_done(input: &FrozenInput) -> Error {
    Error::params(format!("`{}`, which this task reads from, is not done", input.spec.from_task))
        .expected(format!("its result for the input `{}` in the store", input.spec.port))
        .hint("run it too")
}

/// The tasks that are ready or running, and how much the others still wait for.
struct Queue<'a> {
    session: &'a Session<'a>,
    plan: &'a FrozenPlan,
    /// Connections to unfinished tasks, per task.
    needs: Vec<usize>,
    /// The tasks at the other end of each connection, per task.
    dependants: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    /// Those that have not ended.
    running: BTreeSet<usize>,
    /// Those of them that are computed: they use memory and no processor.
    storing: BTreeSet<usize>,
    /// Tasks whose results other processes are making, and when to look again.
    elsewhere: BTreeMap<usize, Instant>,
}

impl<'a> Queue<'a> {
    fn new(session: &'a Session<'_>, plan: &'a FrozenPlan) -> Self {
        let mut needs = vec![0; plan.tasks.len()];
        let mut dependants = vec![Vec::new(); plan.tasks.len()];
        let only = session.options.only.as_ref();
        let asked_for = |id: &str| only.is_none_or(|only| only.contains(id));
        for (index, task) in plan.tasks.iter().enumerate() {
            let sources = task.inputs.iter().filter(|input| asked_for(&input.spec.from_task));
            for source in sources.filter_map(|input| plan.position(&input.spec.from_task)) {
                needs[index] += 1;
                dependants[source].push(index);
            }
        }
        let ready =
            plan.tasks.iter().enumerate().filter(|(index, task)| needs[*index] == 0 && asked_for(&task.id));
        let ready = ready.map(|(index, _)| index).collect();
        let dependants = match only {
            None => dependants,
            Some(_) => {
                let asked = |index: &usize| plan.tasks.get(*index).is_some_and(|task| asked_for(&task.id));
                dependants.into_iter().map(|list| list.into_iter().filter(asked).collect()).collect()
            }
        };
        let (running, storing) = (BTreeSet::new(), BTreeSet::new());
        Self { session, plan, needs, dependants, ready, running, storing, elsewhere: BTreeMap::new() }
    }

    /// Takes the first task that is ready and fits.
    fn start_next(&mut self) -> Option<usize> {
        let now = Instant::now();
        let ready = &mut self.ready;
        self.elsewhere.retain(|index, again| *again > now || !ready.insert(*index));
        let room = self.room()?;
        let next = self.ready.iter().copied().find(|&index| self.fits(index, room))?;
        self.ready.remove(&next);
        self.running.insert(next);
        Some(next)
    }

    fn waits_for_others(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// A task is computed: what it had of the processors is free.
    fn store(&mut self, index: usize) {
        self.storing.insert(index);
    }

    /// A task has ended; those that waited for nothing else are ready now.
    fn end(&mut self, index: usize) {
        self.leave(index);
        for dependant in std::mem::take(&mut self.dependants[index]) {
            self.needs[dependant] -= 1;
            if self.needs[dependant] == 0 {
                self.ready.insert(dependant);
            }
        }
    }

    /// A task has failed: what depends on it never becomes ready.
    fn fail(&mut self, index: usize) {
        self.leave(index);
    }

    /// Another process makes the result of a task.
    fn postpone(&mut self, index: usize) {
        self.leave(index);
        self.elsewhere.insert(index, Instant::now() + LOOK_AGAIN);
    }

    fn leave(&mut self, index: usize) {
        self.running.remove(&index);
        self.storing.remove(&index);
    }

    /// What the tasks that have not ended leave; none where no other can start beside them.
    fn room(&self) -> Option<Room> {
        let computing = self.running.difference(&self.storing);
        let cores = self.threads().checked_sub(computing.map(|&index| self.need(index).cores).sum())?;
        let memory_bytes = self.session.options.memory_bytes.map(|limit| {
            let used = self.running.iter().map(|&index| self.need(index).memory_bytes);
            limit.saturating_sub(used.fold(0, u64::saturating_add))
        });
        (cores > 0 && self.storing.len() < STORING_AT_ONCE).then_some(Room { cores, memory_bytes })
    }

    /// Alone, any task may run; beside others only if the estimates together stay below the limits.
    fn fits(&self, index: usize, room: Room) -> bool {
        let need = self.need(index);
        let fits = need.cores <= room.cores && room.memory_bytes.is_none_or(|free| need.memory_bytes <= free);
        fits || self.running.is_empty()
    }

    fn need(&self, index: usize) -> Need {
        let Some(task) = self.plan.tasks.get(index) else { return Need { cores: 1, memory_bytes: 0 } };
        // All tasks share one pool of threads: only what the file asks for is set aside.
        let cores = task.request.cores.unwrap_or(1).clamp(1, self.threads());
        Need { cores, memory_bytes: task.resources.memory_bytes }
    }

    fn threads(&self) -> usize {
        self.session.options.threads.max(1)
    }
}

/// What a task may use.
struct Need {
    cores: usize,
    memory_bytes: u64,
}

/// What is free on this computer.
#[derive(Clone, Copy)]
struct Room {
    cores: usize,
    /// None for no bound.
    memory_bytes: Option<u64>,
}
