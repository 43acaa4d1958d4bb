//! The `render` parameter.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::openapi::values;
use crate::problem::Problem;

/// `render`, common to all operations that return messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Rendering {
    #[param(schema_with = values::render)]
    render: Option<String>,
}

impl Rendering {
    pub(crate) fn wants_html(&self) -> Result<bool, Problem> {
        match self.render.as_deref() {
            None => Ok(false),
            Some("html") => Ok(true),
            Some(_) => Err(Problem::parameter("render", "must be html if present")),
        }
    }
}
