//! Clients that still send a key which does not work any more.
//!
//! A client sends the key that it has with everything, also when it asks to sign in because that key has expired. So a
//! format is asked on behalf of nobody, and its answer counts if it is about signing in. Anything else is refused as it
//! would have been.

use axum::extract::Request;
use cellier_sdk::Translation;

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::protocol::exchange::{Exchange, Worded};
use crate::http::protocol::perform::only_sign_in;

impl Exchange {
    pub(super) async fn answer_stale(
        &self,
        refused: Problem,
        reads: bool,
        request: Request,
    ) -> Result<Worded, Problem> {
        let nobody = Caller::anonymous(self.visitor.address);
        if reads {
            let answer = self.serve(self.registry(&nobody)).await?;
            return Ok(if self.shown.is_about_sign_in() {
                answer
            } else {
                Worded::Not(refused.into())
            });
        }
        let Ok(body) = self.stage(&nobody, request).await else {
            return Ok(Worded::Not(refused.into()));
        };
        match self.translate(&nobody, &body).await? {
            Ok(Translation::Changes(changes)) if only_sign_in(&changes) => {
                Ok(self.perform(&nobody, &body, changes).await)
            }
            _ => Ok(Worded::Not(refused.into())),
        }
    }
}
