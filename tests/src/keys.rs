//! Keys that are to be made.

use serde_json::{Value, json};

use crate::{Actor, Answer, Setup};

/// A key that is to be made through HTTP.
#[derive(Debug)]
#[must_use]
pub struct NewKey {
    maker: Actor,
    body: Value,
}

impl NewKey {
    /// A key of this type that somebody makes.
    pub fn new(maker: Actor, kind: &str, name: &str) -> Self {
        Self {
            maker,
            body: json!({"type": kind, "name": name}),
        }
    }

    /// Only for artefacts of this name, or of names that start so.
    pub fn allowed_name(self, pattern: &str) -> Self {
        self.with("allowedName", pattern)
    }

    /// Only for artefacts of this format.
    pub fn allowed_format(self, format: &str) -> Self {
        self.with("allowedFormat", format)
    }

    /// Only for artefacts of this category.
    pub fn allowed_category(self, category: &str) -> Self {
        self.with("allowedCategory", category)
    }

    /// Only until then (RFC 3339).
    pub fn expires_at(self, time: &str) -> Self {
        self.with("expiresAt", time)
    }

    /// For an account: a user or an organization.
    pub fn owner(mut self, kind: &str, name: &str) -> Self {
        self.body["owner"] = json!({"type": kind, "id": name});
        self
    }

    fn with(mut self, field: &str, value: &str) -> Self {
        self.body[field] = value.into();
        self
    }

    /// Asks for the key.
    pub async fn ask(self) -> Answer {
        self.maker.post_json("api-keys", &self.body).await
    }

    /// Makes the key and gives who has it.
    pub async fn create(self) -> Actor {
        let maker = self.maker.clone();
        let made = self.ask().await.assert_created().json();
        let text = |member: &str| made[member].as_str().expect("a text").to_owned();
        maker.with_new_key(&text("key"), &text("id"))
    }
}

/// A key as this registry would make them, of another one: only the database knows that it is wrong here.
pub fn key_of_another_registry() -> String {
    let create = ["key", "create", "--name", "stranger", "--type", "admin"];
    let made = Setup::new().run(&create);
    made.assert_success().trim_end().to_owned()
}
