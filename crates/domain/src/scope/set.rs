//! Sets of scopes.

use std::fmt;

use super::Scope;

/// A set of scopes, one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    pub const NONE: Self = Self(0);
    /// Every right of a user.
    pub const OF_USERS: Self = Self::of_application(false);
    /// Every right of the application.
    pub const OF_APPLICATION: Self = Self::of_application(true);

    /// The set of these scopes.
    pub const fn of(scopes: &[Scope]) -> Self {
        match scopes {
            [] => Self::NONE,
            [scope, rest @ ..] => Self::of(rest).with(*scope),
        }
    }

    /// The set with one more scope.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | bit(scope))
    }

    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// Returns whether each of these scopes is in `other` too.
    pub const fn are_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The scopes in the order of the documentation.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }

    /// The bits, for the store.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set of these bits. Bits of unknown scopes, which a newer version wrote, are dropped.
    pub fn from_bits(bits: u32) -> Self {
        Scope::ALL.into_iter().filter(|scope| bits & bit(*scope) != 0).fold(Self::NONE, Self::with)
    }

    const fn of_application(wanted: bool) -> Self {
        let (mut set, mut rest) = (Self::NONE, Scope::ALL.as_slice());
        while let [scope, others @ ..] = rest {
            if scope.is_of_application() == wanted {
                set = set.with(*scope);
            }
            rest = others;
        }
        set
    }
}

/// The bit of a scope. The store keeps it, so that the order of the enum must not change.
const fn bit(scope: Scope) -> u32 {
    1 << scope as u32
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Scope::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_of_users_or_of_the_application() {
        let (users, application) = (Scopes::OF_USERS, Scopes::OF_APPLICATION);
        assert!(Scope::ALL.iter().all(|scope| users.contains(*scope) != application.contains(*scope)));
        assert!(application.iter().all(|scope| scope == Scope::ActAs || scope.as_str().starts_with("admin:")));
    }

    #[test]
    fn set_is_within_itself_and_larger_ones_only() {
        let (read, both) = (Scopes::of(&[Scope::MessagesRead]), Scopes::of(&[Scope::MessagesRead, Scope::ActAs]));
        assert!(read.are_within(read) && read.are_within(both) && Scopes::NONE.are_within(read));
        assert!(!both.are_within(read));
    }

    #[test]
    fn bits_are_kept_and_unknown_ones_dropped() {
        for scope in Scope::ALL {
            let set = Scopes::of(&[scope]);
            assert_eq!(Scopes::from_bits(set.bits() | 1 << 31), set);
            assert_eq!(Scope::named(scope.as_str()), Some(scope));
        }
        assert_eq!(Scopes::of(&[Scope::MessagesRead]).bits(), 1);
        assert_eq!(Scopes::of(&[Scope::ActAs]).bits(), 1 << 13);
        assert_eq!(Scope::named("messages:all"), None);
    }
}
