//! `cellier user list`

use cellier_model::Context;
use cellier_model::accounts::{Account, list_accounts};
use cellier_model::audit::Origin;
use serde_json::json;

use crate::cli::user::refused;
use crate::cli::{CliError, output};

pub(super) async fn run(context: &Context, origin: &Origin, as_json: bool) -> Result<(), CliError> {
    let mut accounts: Vec<Account> = Vec::new();
    loop {
        let after = accounts.last().map(|last| last.name.to_string());
        let page = list_accounts(context, origin, None, after, 100)
            .await
            .map_err(|error| refused("list the accounts", error))?;
        let is_last = page.len() < 100;
        accounts.extend(page);
        if is_last {
            break;
        }
    }
    if as_json {
        return output::json(&accounts.iter().map(describe).collect::<Vec<_>>());
    }
    let rows: Vec<_> = accounts
        .iter()
        .map(|account| {
            let rights = if account.superadmin {
                "superadmin"
            } else {
                "-"
            };
            let state = if account.is_active() {
                "active"
            } else {
                "disabled"
            };
            [
                account.name.to_string(),
                account.kind.as_str().to_owned(),
                rights.to_owned(),
                state.to_owned(),
                account.created_at.to_string(),
            ]
        })
        .collect();
    output::table(["NAME", "TYPE", "RIGHTS", "STATE", "CREATED"], &rows)
}

fn describe(account: &Account) -> serde_json::Value {
    json!({
        "name": account.name,
        "type": account.kind,
        "superadmin": account.superadmin,
        "disabled": account.disabled_at.is_some(),
        "createdAt": account.created_at,
    })
}
