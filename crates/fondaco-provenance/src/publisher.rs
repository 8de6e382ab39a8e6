use serde_json::{Value, json};
use sigstore_verify::crypto::CertificateInfo;

use crate::AttestationError;

/// Who published, as the certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Who vouches for the identity: the address of the issuer.
    pub issuer: String,
    /// The repository that the workflow ran in, where it was one.
    pub repository: Option<String>,
    /// The workflow, as a path in the repository, where it was one.
    pub workflow: Option<String>,
    /// The deployment environment.
    pub environment: Option<String>,
    /// The identity itself, where it was no workflow of a repository: a mail address, a URI.
    pub identity: Option<String>,
}

impl Publisher {
    pub(crate) fn of(certificate: &CertificateInfo) -> Result<Self, AttestationError> {
        let issuer = certificate.issuer.clone().ok_or(AttestationError::NoPublisher)?;
        let identity = certificate.identity.as_ref().map(|identity| identity.as_str().to_owned());
        let identity = identity.filter(|text| !text.is_empty()).ok_or(AttestationError::NoPublisher)?;
        let claims = &certificate.ci_claims;
        let Some(address) = claims.source_repository_uri.as_deref() else {
            return Ok(Self {
                issuer,
                repository: None,
                workflow: None,
                environment: None,
                identity: Some(identity),
            });
        };
        // The workflow that ran; the ref changes with each release and is not who.
        let config = claims.build_config_uri.as_deref().unwrap_or(&identity);
        let path = config.strip_prefix(address).map(|path| path.trim_start_matches('/'));
        let workflow = path.map(|path| path.split_once('@').map_or(path, |(path, _)| path));
        let workflow = workflow.ok_or(AttestationError::NoPublisher)?;
        let (_, repository) = address.split_once("://").ok_or(AttestationError::NoPublisher)?;
        let (_, repository) = repository.split_once('/').ok_or(AttestationError::NoPublisher)?;
        Ok(Self {
            issuer,
            repository: Some(repository.to_owned()),
            workflow: Some(workflow.trim_start_matches('/').to_owned()),
            environment: claims.deployment_environment.clone(),
            identity: None,
        })
    }

    /// What kind of publisher, as PEP 740 calls it: by its issuer.
    pub fn kind(&self) -> &str {
        match self.issuer.as_str() {
            "https://token.actions.githubusercontent.com" => "GitHub",
            "https://gitlab.com" => "GitLab",
            "https://accounts.google.com" => "Google",
            issuer => issuer,
        }
    }

    /// A publisher object of PEP 740, as text, for a person: `GitHub acme/tool release.yml`.
    pub fn in_words(object: &str) -> String {
        let value: Value = serde_json::from_str(object).unwrap_or_default();
        let parts =
            ["kind", "repository", "workflow", "workflow_filepath", "email", "identity", "environment"];
        let parts: Vec<&str> = parts.iter().filter_map(|key| value[key].as_str()).collect();
        parts.join(" ").chars().filter(|c| !c.is_control()).take(200).collect()
    }

    /// The publisher object of PEP 740.
    pub fn to_json(&self) -> Value {
        let environment = &self.environment;
        match (self.kind(), &self.repository, &self.workflow, &self.identity) {
            ("GitHub", Some(repository), Some(workflow), _) => {
                let file = workflow.rsplit('/').next().unwrap_or_default();
                json!({"kind": "GitHub", "repository": repository, "workflow": file, "environment": environment})
            }
            ("GitLab", Some(repository), Some(workflow), _) => json!({
                "kind": "GitLab", "repository": repository, "workflow_filepath": workflow, "environment": environment,
            }),
            ("Google", _, _, Some(identity)) => json!({"kind": "Google", "email": identity}),
            (kind, repository, workflow, identity) => json!({
                "kind": kind, "repository": repository, "workflow": workflow, "identity": identity,
            }),
        }
    }
}
