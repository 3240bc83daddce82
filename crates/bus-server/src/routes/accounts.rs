//! `/accounts`: whose limits agents run under, by name alone; no key is ever here.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{Account, AccountId, AccountPatch, NewAccount, ProblemKind, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};
use crate::openapi::Operation;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/accounts", get(list).post(create)).route("/accounts/{id}", get(one).patch(patch))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/accounts", "list_accounts", "Accounts, with their windows and parks.")
            .lists::<Account>(&["state"]),
        Operation::post("/accounts", "create_account", "Makes an account: by GO, the operator or a launcher.")
            .takes::<NewAccount>()
            .refuses(&[ProblemKind::AlreadyExists, ProblemKind::Forbidden])
            .creates::<Account>(),
        Operation::get("/accounts/{id}", "get_account", "An account.").of::<AccountId>().shows::<Account>(),
        Operation::patch("/accounts/{id}", "change_account", "Changes an account, or reports its limits.")
            .of::<AccountId>()
            .takes::<AccountPatch>()
            .refuses(&[ProblemKind::Forbidden])
            .shows::<Account>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Account, filters).await
}

async fn one(State(bus): State<Bus>, PathId(account): PathId<AccountId>) -> Answer {
    super::one(&bus, ResourceKind::Account, account.as_str()).await
}

async fn create(State(bus): State<Bus>, Write(terms, body): Write<NewAccount>) -> Answer {
    super::write(&bus, terms, Action::CreateAccount(body)).await
}

async fn patch(
    State(bus): State<Bus>,
    PathId(account): PathId<AccountId>,
    Write(terms, body): Write<AccountPatch>,
) -> Answer {
    super::write(&bus, terms, Action::PatchAccount(account, body)).await
}
