//! Somebody who talks to the server.

use reqwest::Method;
use serde_json::Value;

use crate::server::Address;
use crate::{Answer, Package, Request, Upload, encoded};

/// Somebody who talks to the server, with a key or without.
#[derive(Clone, Debug)]
pub struct Actor {
    client: reqwest::Client,
    address: Address,
    key: Option<String>,
    id: Option<String>,
}

impl Actor {
    pub(crate) fn new(address: Address, key: Option<String>) -> Self {
        // The features of reqwest that this workspace uses leave the choice of cryptography to the program.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_mins(1))
            .build()
            .expect("a client");
        Self {
            client,
            address,
            key,
            id: None,
        }
    }

    pub(crate) fn with_new_key(&self, key: &str, id: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            id: Some(id.to_owned()),
            ..self.clone()
        }
    }

    /// The text of the key.
    pub fn key(&self) -> &str {
        self.key.as_deref().expect("this actor has a key")
    }

    /// The identifier of the key.
    pub fn key_id(&self) -> &str {
        self.id
            .as_deref()
            .expect("the key of this actor was made through HTTP")
    }

    /// A request to a path, which starts with a slash; one that does not lies below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let below = if path.starts_with('/') {
            ""
        } else {
            "/api/v1/"
        };
        let url = format!("http://{}{below}{path}", self.address.get());
        let request = Request::new(self.client.request(method, url));
        match &self.key {
            Some(key) => request.header("x-api-key", key),
            None => request,
        }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// Reads with one further header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        self.request(Method::GET, path)
            .header(name, value)
            .send()
            .await
    }

    /// Reads and expects JSON with status 200.
    pub async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.assert_ok().json()
    }

    /// Asks for the headers alone.
    pub async fn head(&self, path: &str) -> Answer {
        self.request(Method::HEAD, path).send().await
    }

    /// Deletes.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// Posts nothing, which is how something is triggered.
    pub async fn post(&self, path: &str) -> Answer {
        self.request(Method::POST, path).send().await
    }

    /// Posts JSON.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).json(body).send().await
    }

    /// Puts JSON.
    pub async fn put_json(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PUT, path).json(body).send().await
    }

    /// Changes something by JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, path).json(body).send().await
    }

    /// Publishes a package through the package door.
    pub async fn publish_package(&self, package: &Package) -> Answer {
        let path = format!("artefacts/{}/versions", encoded(package.name()));
        self.upload(&path, &package.upload()).await
    }

    /// Publishes a file through the file door.
    pub async fn publish_file(&self, name: &str, upload: &Upload) -> Answer {
        self.upload(&format!("artefacts/file/{}", encoded(name)), upload)
            .await
    }

    /// Posts a form.
    pub async fn upload(&self, path: &str, upload: &Upload) -> Answer {
        self.request(Method::POST, path).form(upload).send().await
    }
}
