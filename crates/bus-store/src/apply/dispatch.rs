//! Which rule serves which action.

use super::ctx::Ctx;
use super::{
    Done, accounts, agents, audit, costs, events, handoff, hosts, interaction, lease, messages, projects, roles,
    sessions, sprints, tasks,
};
use crate::{Action, Reject};

/// Does the action.
pub(super) fn perform(ctx: &mut Ctx<'_>, action: &Action) -> Result<Done, Reject> {
    match action {
        Action::AcquireLease(body) => lease::acquire(ctx, body),
        Action::ReleaseLease(body) => lease::release(ctx, body),
        Action::ExpireLease { epoch, renewals, cause, silent } => {
            lease::expire(ctx, (*epoch, *renewals), *cause, *silent)
        }
        Action::RaiseEpoch(floor) => lease::raise(ctx, *floor),
        Action::PutHandoff(document) => handoff::put(ctx, document),

        Action::Spawn(body) => agents::spawn::spawn(ctx, body),
        Action::Register { agent, token, expires_at } => agents::register::register(ctx, agent, *token, *expires_at),
        Action::PatchAgent(id, patch) => agents::patch::patch(ctx, id, patch),
        Action::Terminate { agent, hold } => agents::terminate::terminate(ctx, agent, *hold),
        Action::HeartbeatAgent(id, beat) => agents::heartbeat::heartbeat(ctx, id, beat),
        Action::ReportExit(id, report) => agents::exit::report(ctx, id, report),
        Action::LoseAgent { agent, last_heartbeat } => agents::lost::lose(ctx, agent, *last_heartbeat),
        Action::RotateToken { agent, token, expires_at, previous_until } => {
            agents::token::rotate(ctx, agent, *token, *expires_at, *previous_until)
        }
        Action::IssueShimToken { agent, token } => agents::token::issue_shim(ctx, agent, *token),
        Action::RevokeTokens(agent) => agents::token::revoke(ctx, agent),
        Action::SetOperatorToken(token) => agents::token::set_operator(ctx, *token),

        Action::CreateTask(body) => tasks::create::create(ctx, body),
        Action::PatchTask(id, patch) => tasks::patch::patch(ctx, id, patch),
        Action::AssignTask(id, body) => tasks::assign::assign(ctx, id, body),
        Action::ReportProgress(id, body) => tasks::progress::report(ctx, id, body),
        Action::CompleteTask(id, body) => tasks::complete::complete(ctx, id, body),
        Action::FailTask { task, body, jitter } => tasks::fail::fail(ctx, task, body, *jitter),
        Action::ReviewTask(id, body) => tasks::review::judge(ctx, id, body),

        Action::CreateHost(body) => hosts::create::create(ctx, body),
        Action::PatchHost(id, patch) => hosts::patch::patch(ctx, id, patch),
        Action::HeartbeatHost(id, body) => hosts::heartbeat::heartbeat(ctx, id, body),
        Action::ExpireHost { host, last_heartbeat, bus_was_reachable } => {
            hosts::expire::expire(ctx, host, *last_heartbeat, *bus_was_reachable)
        }

        Action::ReportCollisions(host, body) => tasks::collisions::report(ctx, host, body),

        Action::CreateAccount(body) => accounts::create(ctx, body),
        Action::PatchAccount(id, patch) => accounts::patch(ctx, id, patch),

        Action::CreateProject(body) => projects::create(ctx, body),
        Action::PatchProject(id, patch) => projects::patch(ctx, id, patch),

        _ => perform_interaction(ctx, action),
    }
}

/// The groups around people and money.
fn perform_interaction(ctx: &mut Ctx<'_>, action: &Action) -> Result<Done, Reject> {
    match action {
        Action::OpenSession(body) => sessions::open(ctx, body),
        Action::CloseSession(id) => sessions::close(ctx, id),
        Action::SendMessage(body) => messages::send(ctx, body),
        Action::AcknowledgeMessage(id) => messages::acknowledge(ctx, id),
        Action::RaiseAlert(body) => interaction::alerts::raise(ctx, body),
        Action::AcknowledgeAlert(id) => interaction::alerts::acknowledge(ctx, id),
        Action::AskQuestion(body) => interaction::questions::ask(ctx, body),
        Action::AnswerQuestion(id, body) => interaction::questions::answer(ctx, id, body),
        Action::ExpireQuestion(id) => interaction::questions::expire(ctx, id),
        Action::StartSprint(body) => sprints::start(ctx, body),
        Action::EndSprint(id, body) => sprints::close(ctx, id, body),
        Action::RecordCost(body) => costs::record(ctx, body),
        Action::AppendAudit(body) => audit::post(ctx, body),
        Action::PutRoles(bindings) => roles::put(ctx, bindings),
        Action::NoteDenial(denial) => roles::note_denial(ctx, denial),
        Action::PostEvent(body) => events::post(ctx, body),
        _ => Err(Reject::rule(go_bus_api::ProblemKind::Internal, "no rule serves this action")),
    }
}
