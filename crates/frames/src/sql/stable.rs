//! Plans whose rows come in the same order every time.
//!
//! Polars hashes with a seed of its own in every run, and leaves the order of groups, of distinct rows, of joined rows and
//! of rows that a sort finds equal open unless it is told to keep it. SQL has no word for that, so the plan is told.

use std::sync::Arc;

use polars::prelude::{DslPlan, LazyFrame, MaintainOrderJoin, UniqueKeepStrategy};

/// `frame`, with every operation of its plan told to keep the order of what it is given.
pub(super) fn stable(frame: LazyFrame) -> LazyFrame {
    LazyFrame::from(plan(frame.logical_plan))
}

fn plan(node: DslPlan) -> DslPlan {
    let mut node = node;
    match &mut node {
        // A plan that was looked at before keeps what it was made of.
        DslPlan::IR { dsl, .. } => return plan(DslPlan::clone(dsl)),
        DslPlan::GroupBy { input, maintain_order, .. } => {
            *maintain_order = true;
            below(input);
        }
        DslPlan::Distinct { input, options } => {
            options.maintain_order = true;
            if matches!(options.keep_strategy, UniqueKeepStrategy::Any) {
                options.keep_strategy = UniqueKeepStrategy::First;
            }
            below(input);
        }
        DslPlan::Sort { input, sort_options, .. } => {
            sort_options.maintain_order = true;
            below(input);
        }
        DslPlan::Join { input_left, input_right, options, .. } => {
            let args = &mut Arc::make_mut(options).args;
            if args.maintain_order == MaintainOrderJoin::None {
                args.maintain_order = MaintainOrderJoin::LeftRight;
            }
            below(input_left);
            below(input_right);
        }
        DslPlan::Union { inputs, args } => {
            args.maintain_order = true;
            inputs.iter_mut().for_each(in_place);
        }
        DslPlan::HConcat { inputs, .. } => inputs.iter_mut().for_each(in_place),
        DslPlan::ExtContext { input, contexts } => {
            below(input);
            contexts.iter_mut().for_each(in_place);
        }
        DslPlan::Filter { input, .. }
        | DslPlan::Cache { input, .. }
        | DslPlan::Select { input, .. }
        | DslPlan::HStack { input, .. }
        | DslPlan::Slice { input, .. }
        | DslPlan::MapFunction { input, .. }
        | DslPlan::MatchToSchema { input, .. } => below(input),
        _ => {}
    }
    node
}

fn below(input: &mut Arc<DslPlan>) {
    in_place(Arc::make_mut(input));
}

fn in_place(node: &mut DslPlan) {
    let owned = std::mem::take(node);
    *node = plan(owned);
}
