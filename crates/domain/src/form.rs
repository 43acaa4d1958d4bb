//! Parses forms and reports all violations, not only the first.

use crate::denial::Failure;
use crate::violation::{FieldViolation, Violation};

/// Collects the violations of a form while its fields are parsed.
#[derive(Default)]
pub(crate) struct Form(Vec<FieldViolation>);

impl Form {
    /// Returns the value of a field, or `None` after noting its violation.
    pub(crate) fn check<T>(&mut self, field: &'static str, parsed: Result<T, Violation>) -> Option<T> {
        parsed.map_err(|violation| self.0.push(FieldViolation::new(field, violation))).ok()
    }

    /// Returns the value of an optional field, or `None` if it is absent or after noting its violation.
    pub(crate) fn optional<T>(&mut self, field: &'static str, parsed: Option<Result<T, Violation>>) -> Option<T> {
        self.check(field, parsed.transpose()).flatten()
    }

    /// Returns the parsed form, unless there were violations.
    pub(crate) fn into_result<T>(self, form: T) -> Result<T, Failure> {
        if self.0.is_empty() { Ok(form) } else { Err(self.into_failure()) }
    }

    /// Returns the failure with all violations.
    pub(crate) fn into_failure(self) -> Failure {
        Failure::Invalid(self.0)
    }
}

/// Parses the value of a field in a merge patch; passes on an absent field and null.
#[expect(clippy::option_option, reason = "absent, null and a value are three things in a merge patch")]
pub(crate) fn patched<T>(
    entered: Option<&Option<String>>,
    parse: fn(&str) -> Result<T, Violation>,
) -> Result<Option<Option<T>>, Violation> {
    entered.map(|value| value.as_deref().map(parse).transpose()).transpose()
}
