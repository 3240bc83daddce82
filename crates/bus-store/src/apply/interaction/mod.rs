//! What is put before a human: alerts and questions.

pub(super) mod alert_routing;
pub(super) mod alerts;
mod question_alert;
pub(super) mod questions;
