//! Uploads as forms.

use reqwest::multipart::{Form, Part};

/// A form with one file and text parts in any order.
#[derive(Clone, Debug)]
pub struct Upload {
    file_name: String,
    content: Vec<u8>,
    media_type: String,
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
}

impl Upload {
    /// A form with a file.
    pub fn new(file_name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self {
            file_name: file_name.to_owned(),
            content: content.into(),
            media_type: "application/octet-stream".to_owned(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    /// Adds a text part behind the file.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.after.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a text part before the file.
    #[must_use]
    pub fn text_before(mut self, name: &str, value: &str) -> Self {
        self.before.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Says of which media type the file is.
    #[must_use]
    pub fn media_type(mut self, media_type: &str) -> Self {
        media_type.clone_into(&mut self.media_type);
        self
    }

    /// The bytes of the file.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    pub(crate) fn to_form(&self) -> Form {
        let mut form = Form::new();
        for (name, value) in &self.before {
            form = form.text(name.clone(), value.clone());
        }
        let file = Part::bytes(self.content.clone()).file_name(self.file_name.clone());
        form = form.part(
            "file",
            file.mime_str(&self.media_type).expect("a media type"),
        );
        for (name, value) in &self.after {
            form = form.text(name.clone(), value.clone());
        }
        form
    }
}
