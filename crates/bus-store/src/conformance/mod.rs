//! What every engine has to pass. Each property is an async function of a store factory; [`run`] runs them all, and
//! [`for_each_property`](crate::for_each_property) makes one test of each.
//!
//! A check panics where its property does not hold: this is a test library (feature `conformance`).

pub mod accounts;
pub mod agents;
pub mod alerts;
pub mod builder_end;
pub mod collisions;
pub mod delegation;
pub mod dependencies;
pub mod engine;
pub mod evidence;
pub mod fencing;
pub mod governance;
pub mod hosts;
pub mod idempotency;
pub mod landing;
pub mod landing_course;
pub mod lease;
pub mod lists;
pub mod people;
pub mod questions;
pub mod races;
pub mod remedies;
pub mod reviews;
pub mod spawning;
pub mod sprints;
pub mod succession;
pub mod tasks;
pub mod tokens;
pub mod whole_way;
pub mod world;

use std::sync::Arc;

use crate::{Policy, Store};

/// Makes an empty store with a policy.
pub type MakeStore<'a> = &'a (dyn Fn(Policy) -> Arc<dyn Store> + Sync);

/// Calls a macro with every property as `module::name`.
#[macro_export]
macro_rules! for_each_property {
    ($callback:ident) => {
        $callback! {
            whole_way::a_ticket_gets_done,
            engine::seq_has_no_gap_under_sixteen_committers,
            engine::a_reject_spoils_nobody_s_write,
            engine::who_was_answered_reads_the_write,
            engine::wake_tells_of_what_can_be_read,
            engine::a_snapshot_is_of_one_instant,
            engine::a_snapshot_comes_in_pages,
            engine::events_resume_at_any_place,
            engine::an_event_holds_the_whole_resource,
            lists::pages_are_complete_and_in_order,
            lists::filters_hold_together,
            lists::nonsense_is_a_bad_query,
            idempotency::a_repeat_gets_the_first_answer,
            idempotency::another_body_is_refused,
            idempotency::keys_are_the_actor_s_own_and_end_after_a_day,
            idempotency::a_refusal_is_not_kept,
            evidence::what_failed_is_not_done_whatever_its_assignee_says,
            evidence::nothing_is_done_that_somebody_is_still_at,
            evidence::the_operator_s_word_and_one_s_own_work_need_no_evidence,
            evidence::what_was_changed_is_not_done_without_its_landing,
            evidence::who_thinks_does_nothing_without_a_hand,
            evidence::who_thinks_leaves_out_no_review,
            evidence::what_has_landed_is_its_worker_s_to_say,
            fencing::a_stale_epoch_writes_nothing,
            fencing::an_epoch_is_good_under_its_token_alone,
            fencing::only_go_may_do_what_only_go_may,
            fencing::events_name_their_actor,
            fencing::a_shim_s_token_is_good_for_little,
            fencing::a_revision_is_checked,
            lease::epochs_only_grow,
            lease::a_raised_epoch_ends_an_older_lease,
            lease::a_renewal_keeps_the_epoch,
            lease::a_renewal_after_the_release_takes_nothing,
            lease::another_s_lease_is_left_alone,
            lease::the_lease_expires_by_compare_and_swap,
            lease::a_short_ttl_is_refused,
            races::one_bidder_wins,
            races::one_assignment_wins,
            races::slots_are_never_overrun,
            races::a_seat_is_taken_once,
            races::the_cap_is_never_overrun,
            races::one_builder_wins,
            races::one_successor_takes_over,
            races::only_the_fresh_verdict_wins,
            races::one_completion_by_the_assignee_counts,
            races::no_ring_of_dependencies_closes,
            races::who_comes_as_it_fails_is_blocked_too,
            races::a_builder_is_lost_once,
            races::one_launcher_gets_the_host,
            races::an_alert_is_told_once_for_each_level_it_had,
            tokens::a_rotated_token_overlaps,
            tokens::an_end_voids_every_token,
            tokens::the_operator_has_one,
            spawning::tiers_hold,
            spawning::a_prompt_has_its_sections,
            spawning::references_exist,
            spawning::slots_and_caps_hold,
            spawning::a_task_has_one_builder,
            spawning::a_paused_project_takes_nothing,
            spawning::a_spent_budget_stops_spawns,
            succession::a_successor_drains_the_old_and_gets_its_tasks,
            succession::open_questions_pass_to_the_successor,
            succession::a_later_successor_gets_them_too,
            agents::the_fixed_three_are_there,
            agents::a_heartbeat_is_no_event,
            agents::only_steps_of_an_agent_s_life,
            agents::termination_waits_for_the_launcher,
            agents::silence_keeps_slot_and_task,
            builder_end::a_result_is_left_to_the_assignee,
            builder_end::an_end_without_a_result_gives_the_task_back,
            builder_end::a_hold_sets_the_task_aside,
            builder_end::an_exit_is_accepted_once,
            builder_end::the_next_attempt_and_the_review_know_where_the_work_is,
            builder_end::an_old_builder_s_end_changes_nothing,
            builder_end::a_self_builder_s_task_goes_back,
            hosts::one_launcher_holds_a_host,
            hosts::a_launcher_s_end_ends_no_builder,
            hosts::a_new_boot_ends_what_ran,
            hosts::three_losses_block_a_task,
            hosts::host_work_that_nobody_began_goes_back_with_the_host,
            hosts::an_outage_of_the_bus_counts_nothing,
            hosts::a_host_expires_by_compare_and_swap,
            tasks::a_new_task_is_checked,
            tasks::an_assignment_waits_for_its_time,
            tasks::go_assigns_to_orchestrators_alone,
            tasks::only_the_assignee_speaks,
            tasks::a_completion_is_taken_once,
            tasks::a_clock_set_back_holds_no_retry_up,
            tasks::failures_back_off_until_there_were_too_many,
            tasks::a_push_that_fails_for_good_is_told_to_the_desk,
            tasks::a_patch_takes_listed_steps_alone,
            tasks::a_cancelled_task_stops_its_builder,
            tasks::progress_is_its_workers_alone,
            accounts::accounts_are_made_by_who_may,
            accounts::nobody_starts_on_an_account_that_rests,
            accounts::an_agent_s_account_fits_its_driver,
            accounts::limits_are_reported_by_who_sees_them,
            accounts::an_exit_tells_of_its_account,
            remedies::clocks_that_differ_have_nobody_try_again_at_once,
            remedies::a_retry_counts,
            remedies::a_used_up_account_is_parked_and_nothing_counted,
            remedies::its_work_goes_to_another_account,
            remedies::without_an_account_the_task_waits_itself,
            remedies::nothing_circles_for_ever,
            remedies::what_only_a_person_can_mend_is_held_and_told,
            remedies::what_nothing_can_mend_has_failed,
            remedies::a_failure_is_taken_once_whatever_its_remedy,
            delegation::m0_is_told_of_what_it_is_assigned,
            delegation::go_ends_an_attempt_of_m0_and_of_nobody_else,
            delegation::what_m0_delivers_is_reviewed_anywhere,
            delegation::m0_sleeps_and_comes_back,
            dependencies::cycles_are_refused,
            dependencies::a_failure_blocks_what_depends_on_it,
            dependencies::a_new_task_behind_a_failure_is_blocked,
            dependencies::other_dependencies_settle_a_task_anew,
            reviews::a_significant_delivery_is_reviewed,
            reviews::changes_lead_to_another_attempt,
            reviews::changes_wanted_too_often_block_the_task,
            reviews::only_a_retry_frees_what_its_reviewers_blocked,
            reviews::a_clock_set_back_makes_no_reviewer_old,
            reviews::only_the_fresh_review,
            landing::a_ticket_is_done_with_its_landing,
            landing::an_approval_makes_the_landing,
            landing::what_is_not_approved_does_not_land,
            landing::a_landing_that_fails_sends_its_ticket_back,
            landing::a_landing_is_tried_again,
            landing::a_landing_ends_with_its_ticket,
            landing::a_landing_is_checked,
            landing::a_landing_moves_where_others_can_have_its_commit,
            landing::a_project_that_delivers_no_more_lands_nothing,
            landing::a_landing_whose_name_is_taken_has_another,
            collisions::both_tasks_have_it_until_either_is_over,
            collisions::a_landing_is_told_to_whoever_has_to_merge_it,
            collisions::only_what_is_in_flight_in_one_repo_collides,
            collisions::a_task_has_so_many_at_most_and_then_the_other_has_none_either,
            collisions::only_the_host_s_launcher_tells,
            landing_course::whatever_happens_nothing_is_done_unlanded,
            people::a_user_has_one_session,
            people::messages_are_acknowledged_by_their_addressee,
            people::a_question_takes_its_options,
            people::an_unanswered_question_ends_with_its_default,
            questions::its_task_waits_and_its_builder_is_stopped,
            questions::an_end_of_its_own_ends_no_waiting,
            questions::a_lost_host_ends_no_waiting,
            questions::an_answer_has_its_assignee_go_on,
            questions::its_deadline_has_the_assignee_go_on,
            questions::the_last_answer_counts,
            questions::an_answer_finds_whoever_can_go_on,
            questions::only_who_works_on_a_task_has_it_wait,
            questions::a_cancelled_task_s_question_ends_with_it,
            questions::only_a_human_answers,
            questions::a_deadline_in_the_past_is_refused,
            questions::an_answer_moves_nothing_that_does_not_wait,
            questions::it_is_put_to_the_humans_once,
            questions::a_review_waits_for_its_answer_too,
            sprints::a_sprint_marks_its_tickets,
            sprints::a_ticket_joins_a_sprint_that_is_under_way,
            sprints::a_sprint_s_end_brings_its_pushes_and_messages_once,
            succession::unread_messages_pass_to_the_successor,
            people::costs_add_up_exactly,
            people::reserved_events_are_refused,
            alerts::an_alert_is_raised_once_per_key,
            alerts::the_level_says_who_is_told,
            alerts::a_worse_repeat_escalates_and_is_told_anew,
            alerts::an_io_that_comes_later_is_told_what_is_open,
            alerts::of_many_open_alerts_a_later_io_is_told_the_latest,
            governance::costs_are_summed_by_agent_and_by_project,
            governance::costs_since_an_instant_leave_out_what_was_before,
            governance::the_audit_log_is_read_by_page_and_filter,
            governance::the_audit_chain_holds,
            governance::roles_are_the_defaults_until_others_are_put,
            governance::a_denial_is_noted_by_the_bus_alone,
            governance::the_census_counts_by_state,
        }
    };
}

macro_rules! run_all {
    ($($module:ident :: $name:ident),* $(,)?) => {
        /// Runs every property.
        pub async fn run(make: MakeStore<'_>) {
            $($module::$name(make).await;)*
        }
    };
}

for_each_property!(run_all);
