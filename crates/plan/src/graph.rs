//! The tickets as a graph: who waits for whom, in which order they can go, and which can never.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use go_bus_api::TaskId;

use crate::{Plan, PlannedProject, Ticket};

/// Every ticket, what it depends on before it; else in the file's order. Of tickets in a cycle the file's order is all there is.
pub(crate) fn topological(plan: &Plan) -> Vec<(&PlannedProject, &Ticket)> {
    let tickets: Vec<_> = plan.tickets().collect();
    let edges = edges(&tickets);
    let mut waiting: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); tickets.len()];
    for (from, to) in edges.iter().enumerate().flat_map(|(from, list)| list.iter().map(move |to| (from, *to))) {
        if let Some(list) = dependents.get_mut(to) {
            list.push(from);
        }
    }
    let mut free: BinaryHeap<_> =
        (0..tickets.len()).filter(|index| waiting.get(*index) == Some(&0)).map(Reverse).collect();
    let mut order = Vec::with_capacity(tickets.len());
    let mut placed = vec![false; tickets.len()];
    while let Some(Reverse(index)) = free.pop() {
        order.push(index);
        placed.get_mut(index).into_iter().for_each(|flag| *flag = true);
        for dependent in dependents.get(index).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*dependent) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    free.push(Reverse(*dependent));
                }
            }
        }
    }
    order.extend((0..tickets.len()).filter(|index| placed.get(*index) == Some(&false)));
    order.into_iter().filter_map(|index| tickets.get(index).copied()).collect()
}

/// For each ticket, the indexes of those it depends on; unknown ones are left out.
fn edges(tickets: &[(&PlannedProject, &Ticket)]) -> Vec<Vec<usize>> {
    let mut index: HashMap<&TaskId, usize> = HashMap::new();
    for (at, (_, ticket)) in tickets.iter().enumerate() {
        index.entry(&ticket.id).or_insert(at);
    }
    let known = |ticket: &Ticket| ticket.depends_on.iter().filter_map(|id| index.get(id).copied()).collect();
    tickets.iter().map(|(_, ticket)| known(ticket)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    OnPath,
    Over,
}

/// The cycles that a walk in the file's order meets, each as its path; the last of a path depends on its first.
/// None is empty; without cycles there are none.
pub(crate) fn cycles(plan: &Plan) -> Vec<Vec<TaskId>> {
    let tickets: Vec<_> = plan.tickets().collect();
    let edges = edges(&tickets);
    let mut marks = vec![Mark::New; tickets.len()];
    let mut found = Vec::new();
    for start in 0..tickets.len() {
        if marks.get(start) == Some(&Mark::New) {
            walk(start, &edges, &mut marks, &mut found);
        }
    }
    let id = |index: &usize| tickets.get(*index).map(|(_, ticket)| ticket.id.clone());
    found.iter().map(|path: &Vec<usize>| path.iter().filter_map(id).collect()).collect()
}

/// Walks depth first with a stack of its own: a chain of any length must not exhaust the thread's.
fn walk(start: usize, edges: &[Vec<usize>], marks: &mut [Mark], found: &mut Vec<Vec<usize>>) {
    let mut path: Vec<(usize, usize)> = vec![(start, 0)];
    set(marks, start, Mark::OnPath);
    while let Some((node, next)) = path.last_mut() {
        let target = edges.get(*node).and_then(|list| list.get(*next)).copied();
        *next = next.saturating_add(1);
        let Some(target) = target else {
            set(marks, *node, Mark::Over);
            path.pop();
            continue;
        };
        match marks.get(target) {
            Some(Mark::New) => {
                set(marks, target, Mark::OnPath);
                path.push((target, 0));
            }
            Some(Mark::OnPath) => {
                found.push(path.iter().map(|(node, _)| *node).skip_while(|node| *node != target).collect());
            }
            _ => {}
        }
    }
}

fn set(marks: &mut [Mark], index: usize, mark: Mark) {
    marks.get_mut(index).into_iter().for_each(|slot| *slot = mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(tickets: &[(&str, &[&str])]) -> Plan {
        let ticket = |(id, on): &(&str, &[&str])| format!("{{id: {id}, title: t, depends_on: [{}]}}", on.join(", "));
        let list: Vec<_> = tickets.iter().map(ticket).collect();
        Plan::parse("p", &format!("projects: [{{id: p, tickets: [{}]}}]", list.join(", "))).unwrap()
    }

    #[test]
    fn what_is_waited_for_comes_first_and_else_the_files_order_holds() {
        let plan = plan(&[("D", &["C"]), ("A", &[]), ("C", &["A", "B"]), ("B", &[])]);
        let order: Vec<_> = plan.topological().iter().map(|(_, ticket)| ticket.id.as_str()).collect();
        assert_eq!(order, ["A", "B", "C", "D"]);
    }

    #[test]
    fn a_cycle_hides_no_ticket_from_the_order() {
        let mut plan = plan(&[("A", &[]), ("B", &["A"]), ("C", &["B"])]);
        plan.projects[0].tickets[0].depends_on = vec![TaskId::new("B").unwrap()];
        assert_eq!(plan.topological().len(), 3);
        assert_eq!(cycles(&plan).len(), 1);
    }

    #[test]
    fn a_chain_of_any_length_is_walked() {
        let mut long = plan(&[("T0", &[])]);
        let first = long.projects[0].tickets[0].clone();
        for index in 1..200_000 {
            let id = |index| TaskId::new(format!("T{index}")).unwrap();
            long.projects[0].tickets.push(Ticket { id: id(index), depends_on: vec![id(index - 1)], ..first.clone() });
        }
        long.projects[0].tickets.reverse();
        assert!(cycles(&long).is_empty());
        assert_eq!(long.topological()[0].1.id.as_str(), "T0");
    }
}
