//! What the endpoints about users, organizations and grants share.

use cellier_model::accounts::AccountName;

use crate::http::problem::Problem;

/// The name of an account in a path or query. What cannot be a name is the name of nobody.
pub(crate) fn account_name(text: &str) -> Result<AccountName, Problem> {
    AccountName::parse(text)
        .map_err(|_nobody_is_called_so| Problem::not_found("there is no account of this name"))
}
