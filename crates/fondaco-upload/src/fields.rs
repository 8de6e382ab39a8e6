//! The fields of core metadata, as the form and as the file have them.

use std::collections::BTreeMap;

use fondaco_pydist::MetadataHeaders;

/// How a field is written and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Once, as text.
    One,
    /// Any number of times; their order says nothing.
    Many,
    /// Once, as a list of words.
    Words,
    /// Once, or as the body.
    Description,
}

/// One field: its name in the form, its header, its shape.
pub(crate) struct Known {
    pub(crate) form: &'static str,
    header: &'static str,
    pub(crate) shape: Shape,
}

const fn known(form: &'static str, header: &'static str, shape: Shape) -> Known {
    Known { form, header, shape }
}

/// Every field of core metadata 2.5 and before (legacy API, PEP 639, PEP 643).
pub(crate) const KNOWN: [Known; 27] = [
    known("metadata_version", "metadata-version", Shape::One),
    known("name", "name", Shape::One),
    known("version", "version", Shape::One),
    known("summary", "summary", Shape::One),
    known("description", "description", Shape::Description),
    known("description_content_type", "description-content-type", Shape::One),
    known("keywords", "keywords", Shape::Words),
    known("home_page", "home-page", Shape::One),
    known("download_url", "download-url", Shape::One),
    known("author", "author", Shape::One),
    known("author_email", "author-email", Shape::One),
    known("maintainer", "maintainer", Shape::One),
    known("maintainer_email", "maintainer-email", Shape::One),
    known("license", "license", Shape::One),
    known("license_expression", "license-expression", Shape::One),
    known("license_file", "license-file", Shape::Many),
    known("classifiers", "classifier", Shape::Many),
    known("platform", "platform", Shape::Many),
    known("supported_platform", "supported-platform", Shape::Many),
    known("requires_python", "requires-python", Shape::One),
    known("requires_dist", "requires-dist", Shape::Many),
    known("provides_dist", "provides-dist", Shape::Many),
    known("obsoletes_dist", "obsoletes-dist", Shape::Many),
    known("requires_external", "requires-external", Shape::Many),
    known("project_urls", "project-url", Shape::Many),
    known("provides_extra", "provides-extra", Shape::Many),
    known("dynamic", "dynamic", Shape::Many),
];

/// What distutils and old setuptools wrote for a field that was not given.
const ABSENT: &str = "UNKNOWN";

/// The values of each field; what is absent has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<&'static str, Vec<String>>);

impl Fields {
    /// The fields that a form gives, whose other fields are left aside.
    pub(crate) fn of_form(given: &[(String, String)]) -> Self {
        let mut fields = Self::default();
        for (name, value) in given {
            // Some clients write the plural.
            let name = if name == "license_files" { "license_file" } else { name };
            if let Some(known) = KNOWN.iter().find(|known| known.form == name) {
                fields.add(known.form, value);
            }
        }
        fields
    }

    /// The fields of a `METADATA` or `PKG-INFO`.
    pub fn of_file(text: &str) -> Self {
        let headers = MetadataHeaders::parse(text.as_bytes());
        let mut fields = Self::default();
        for known in &KNOWN {
            for value in headers.all(known.header) {
                fields.add(known.form, value);
            }
        }
        if !headers.body().trim().is_empty() {
            fields.add("description", headers.body());
        }
        fields
    }

    /// Whether a name, in lower case, is that of a header.
    pub(crate) fn is_header(name: &str) -> bool {
        KNOWN.iter().any(|known| known.header == name)
            || ["requires", "provides", "obsoletes", "import-name", "import-namespace"].contains(&name)
    }

    fn add(&mut self, field: &'static str, value: &str) {
        if !value.trim().is_empty() && value.trim() != ABSENT {
            self.0.entry(field).or_default().push(value.to_owned());
        }
    }

    /// Every value of a field.
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first value of a field.
    pub fn one(&self, field: &str) -> Option<&str> {
        self.all(field).first().map(String::as_str)
    }
}

/// A value with its white space made equal: clients fold and unfold long ones.
pub(crate) fn flat(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two states of one field, compared as its shape says.
pub(crate) fn same(shape: Shape, one: &[String], other: &[String]) -> bool {
    let sorted = |values: &[String], split: &[char]| {
        let mut all: Vec<String> = values
            .iter()
            .flat_map(|value| value.split(|c| split.contains(&c)))
            .map(flat)
            .filter(|value| !value.is_empty())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    match shape {
        Shape::One | Shape::Description => one.iter().map(|v| flat(v)).eq(other.iter().map(|v| flat(v))),
        Shape::Many => sorted(one, &[]) == sorted(other, &[]),
        Shape::Words => sorted(one, &[',', ' ', ';']) == sorted(other, &[',', ' ', ';']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_and_file_give_the_same_fields() {
        let file = Fields::of_file(
            "Name: x\nSummary: one\n  two\nClassifier: B\nClassifier: A\nHome-page: UNKNOWN\n\nText\n",
        );
        let form = Fields::of_form(
            &[
                ("name", "x"),
                ("summary", "one two"),
                ("classifiers", "A"),
                ("classifiers", "B"),
                ("description", "Text"),
                ("comment", "y"),
            ]
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
        );
        for known in &KNOWN {
            assert!(same(known.shape, form.all(known.form), file.all(known.form)), "{}", known.form);
        }
        assert!(file.one("home_page").is_none());
        assert!(!same(Shape::Many, form.all("classifiers"), &["A".to_owned()]));
        assert!(same(Shape::Words, &["a, b".to_owned()], &["b a".to_owned()]));
    }
}
