//! Somebody who talks to the server.

use reqwest::Method;
use serde_json::{Value, json};

use crate::server::Address;
use crate::{Answer, Package, Request, Upload, encoded};

/// Somebody who talks to the server: with a key, with the cookie of a session as a browser has it, or with nothing.
#[derive(Clone, Debug)]
pub struct Actor {
    client: reqwest::Client,
    address: Address,
    key: Option<String>,
    id: Option<String>,
    cookie: Option<String>,
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
            cookie: None,
        }
    }

    pub(crate) fn with_new_key(&self, key: &str, id: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            id: Some(id.to_owned()),
            cookie: None,
            ..self.clone()
        }
    }

    /// The same somebody in a browser that has this cookie, `name=value`.
    #[must_use]
    pub fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: Some(cookie.to_owned()),
            ..self.clone()
        }
    }

    /// The cookie of the session, as `name=value`.
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().expect("this actor has a session")
    }

    /// Signs in and gives who has the session.
    pub async fn sign_in(&self, name: &str, password: &str) -> Self {
        let credentials = json!({"name": name, "password": password});
        let answer = self.post_json("session", &credentials).await;
        let set = answer.assert_created().header("set-cookie").to_owned();
        let cookie = set.split(';').next().expect("a cookie");
        self.with_cookie(cookie)
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
        let mut request = Request::new(self.client.request(method, url));
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        if let Some(cookie) = &self.cookie {
            request = request
                .header("cookie", cookie)
                .header("sec-fetch-site", "same-origin");
        }
        request
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
