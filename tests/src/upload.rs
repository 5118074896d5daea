//! Uploads as forms.

use reqwest::multipart::{Form, Part};

/// A form with a file and text parts in any order; one without a file, or with two, where a story is about that.
#[derive(Clone, Debug)]
pub struct Upload {
    files: Vec<File>,
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    content: Vec<u8>,
    media_type: String,
}

impl Upload {
    /// A form with a file.
    pub fn new(file_name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self::without_file().file(file_name, content)
    }

    /// A form without a file.
    pub fn without_file() -> Self {
        Self {
            files: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push(File {
            name: name.to_owned(),
            content: content.into(),
            media_type: "application/octet-stream".to_owned(),
        });
        self
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
        for file in &mut self.files {
            media_type.clone_into(&mut file.media_type);
        }
        self
    }

    /// The bytes of the file.
    pub fn content(&self) -> &[u8] {
        self.files.first().map_or(&[], |file| &file.content)
    }

    pub(crate) fn to_form(&self) -> Form {
        let mut form = Form::new();
        for (name, value) in &self.before {
            form = form.text(name.clone(), value.clone());
        }
        for file in &self.files {
            let part = Part::bytes(file.content.clone()).file_name(file.name.clone());
            form = form.part(
                "file",
                part.mime_str(&file.media_type).expect("a media type"),
            );
        }
        for (name, value) in &self.after {
            form = form.text(name.clone(), value.clone());
        }
        form
    }
}
