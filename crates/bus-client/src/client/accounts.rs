//! `/accounts`.

use go_bus_api::{Account, AccountId, AccountPatch, ListQuery, NewAccount, Page};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

impl BusClient {
    /// `POST /accounts`.
    pub async fn create_account(&self, account: &NewAccount) -> Result<Account, BusError> {
        self.json(Call::create("/accounts", &self.key()).json(account)).await
    }

    /// `GET /accounts`: one page.
    pub async fn accounts(&self, query: &ListQuery) -> Result<Page<Account>, BusError> {
        self.json(Call::get(with_query("/accounts", query))).await
    }

    /// `PATCH /accounts/{id}` with settings, by GO or the operator: not repeated after an unknown outcome.
    pub async fn patch_account(&self, id: &AccountId, patch: &AccountPatch) -> Result<Account, BusError> {
        self.json(Call::patch(format!("/accounts/{id}")).json(patch)).await
    }
}
