//! The roles in memory, so that no request reads them: taken at the start, replaced as others are put, here or at another
//! Bus.

use std::sync::{PoisonError, RwLock};

use go_bus_api::{RoleBinding, Seq};
use go_bus_store::{Query, QueryAnswer, StoreError};

use crate::bus::{Bus, wrong_answer};

/// The roles as of a place in the log.
#[derive(Debug, Default)]
pub(crate) struct Roles(RwLock<(Seq, Vec<RoleBinding>)>);

impl Roles {
    /// Looks at them.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[RoleBinding]) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// These were put at `seq`. What was put before what is known already is old by now.
    pub(crate) fn see(&self, seq: Seq, roles: Vec<RoleBinding>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.0 <= seq {
            *known = (seq, roles);
        }
    }
}

/// Reads the roles, which are at least as new as `seq`.
pub(crate) async fn load(bus: &Bus, seq: Seq) -> Result<(), StoreError> {
    match bus.store.read(Query::Roles).await? {
        QueryAnswer::Roles(roles) => {
            bus.roles.see(seq, roles);
            Ok(())
        }
        _ => Err(wrong_answer()),
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Text;

    use super::*;

    #[test]
    fn the_later_of_two_wins_in_whichever_order_they_are_seen() {
        let of = |name: &str| vec![RoleBinding { name: Text::clipped(name), permissions: vec![] }];
        let name = |roles: &Roles| roles.look(|roles| roles[0].name.as_str().to_owned());
        let roles = Roles::default();
        roles.see(Seq(2), of("second"));
        roles.see(Seq(1), of("first"));
        assert_eq!(name(&roles), "second");
        roles.see(Seq(3), of("third"));
        assert_eq!(name(&roles), "third");
    }
}
