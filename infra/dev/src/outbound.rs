//! D8: code and template talk to nobody who is not in the register of sub-processors.
//!
//! The register is data (`shared/subprocessors`); this module looks at what could reach somebody
//! else: hosts in the sources of what is deployed, the AWS clients that are dependencies, and crates
//! that can open connections of their own. The template is held against the register by the rule
//! `registered-services` of [`crate::guard`].

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use subprocessors::Register;

use crate::layout::{Layout, rust_files};

/// Names that stand in sources and are not called.
const NOT_CALLED: [(&str, &str); 3] = [
    ("www.datatilsynet.dk", "the authority to complain to, named in letters"),
    ("www.w3.org", "names of XML vocabularies"),
    ("unihelper.example", "stands for an address in texts"),
];

/// Hosts of one's own machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Last labels by which a text is taken for a host's name.
const TOP_LEVEL: [&str; 12] =
    ["ai", "app", "cloud", "co", "com", "dev", "dk", "eu", "io", "net", "org", "us"];

/// Crates that open connections to any host, and the one crate of ours that may use each.
const CLIENTS: [(&str, &str); 5] = [
    ("reqwest", "typeform"),
    ("hyper", "nobody"),
    ("hyper-util", "nobody"),
    ("ureq", "nobody"),
    ("lettre", "nobody"),
];

/// AWS clients that are named differently from their service's actions.
const SERVICES: [(&str, &str); 6] = [
    ("cloudwatchlogs", "logs"),
    ("cognitoidentityprovider", "cognito-idp"),
    ("apigatewayv2", "apigateway"),
    ("eventbridge", "events"),
    ("sesv2", "ses"),
    ("sfn", "states"),
];

/// Somebody who could get data and is not in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The file, below the top folder.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What it names.
    pub what: String,
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        write!(f, "{}:{line}: {what} belongs to no sub-processor in the register", file.display())
    }
}

/// Everybody in the deployed crates' sources and manifests who is not in the register.
pub fn strangers(layout: &Layout, register: &Register) -> Result<Vec<Stranger>> {
    let mut found = Vec::new();
    for place in ["functions", "shared"] {
        for krate in folders(&layout.path(place))? {
            let name = krate.file_name().unwrap_or_default().to_string_lossy().into_owned();
            look(&krate.join("Cargo.toml"), layout, &mut found, |text| clients(text, &name))?;
            for file in sources(&krate.join("src"))? {
                look(&file, layout, &mut found, |text| hosts(text, register))?;
            }
        }
    }
    look(&layout.path("Cargo.toml"), layout, &mut found, |text| aws_clients(text, register))?;
    Ok(found)
}

fn look(
    file: &Path,
    layout: &Layout,
    found: &mut Vec<Stranger>,
    find: impl Fn(&str) -> Vec<(usize, String)>,
) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let file = file.strip_prefix(layout.root()).unwrap_or(file);
    let strangers = find(&text).into_iter();
    found.extend(strangers.map(|(line, what)| Stranger { file: file.to_owned(), line, what }));
    Ok(())
}

/// Hosts in a source that the register does not know, with their lines. Comments and tests are no code
/// that is deployed.
pub fn hosts(source: &str, register: &Register) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = without_comment(line);
        let mut named: Vec<String> = Vec::new();
        for scheme in ["http://", "https://", "wss://", "smtp://"] {
            named.extend(code.split(scheme).skip(1).map(host));
        }
        named.extend(literals(code).filter(|text| is_host(text)).map(str::to_owned));
        for host in named {
            let host = host.to_ascii_lowercase();
            let known = host.is_empty()
                || LOOPBACK.contains(&host.as_str())
                || NOT_CALLED.iter().any(|(name, _)| *name == host)
                || register.by_host(&host).is_some();
            if !known {
                found.push((index + 1, host));
            }
        }
    }
    found
}

/// AWS clients among a manifest's dependencies whose service the register does not know.
pub fn aws_clients(manifest: &str, register: &Register) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("aws-sdk-") else { continue };
        let crate_name = rest.split([' ', '.', '=']).next().unwrap_or_default();
        let alias = SERVICES.iter().find(|(name, _)| *name == crate_name);
        let service = alias.map_or(crate_name, |(_, service)| service);
        if register.by_aws_service(service).is_none() {
            found.push((index + 1, format!("the AWS service {service}")));
        }
    }
    found
}

/// Crates among a manifest's own dependencies that could reach anybody, where they may not be.
pub fn clients(manifest: &str, name: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with("[dev-dependencies]") {
            break;
        }
        let dependency = line.split([' ', '.', '=']).next().unwrap_or_default();
        let client = CLIENTS.iter().find(|(client, _)| *client == dependency);
        if client.is_some_and(|(_, user)| *user != name) {
            found.push((index + 1, format!("whoever {name} reaches by the crate {dependency}")));
        }
    }
    found
}

/// A line up to a comment that starts outside a text.
fn without_comment(line: &str) -> &str {
    let mut quotes = 0;
    let mut before = ' ';
    for (place, c) in line.char_indices() {
        if c == '"' && before != '\\' {
            quotes += 1;
        }
        if c == '/' && quotes % 2 == 0 && line[place..].starts_with("//") {
            return &line[..place];
        }
        before = c;
    }
    line
}

/// The texts of a line. One that spans lines is looked at line by line, which is enough for hosts.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

/// The host at the start of what follows a scheme. What is filled in at run time (`{region}`) is left out.
fn host(rest: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0;
    for c in rest.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth > 0 => {}
            c if c.is_ascii_alphanumeric() || "-._[]".contains(c) => kept.push(c),
            _ => break,
        }
    }
    kept.trim_matches('.').to_owned()
}

fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let fits = |label: &&str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    labels.len() > 1
        && labels.iter().all(fits)
        && labels.last().is_some_and(|last| TOP_LEVEL.contains(last))
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in parent.read_dir().with_context(|| format!("reading {}", parent.display()))? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The sources below a folder, without those of tests.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = rust_files(folder)?;
    found.retain(|path| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        below.iter().all(|part| {
            let part = part.to_string_lossy();
            let stem = part.trim_end_matches(".rs");
            stem != "tests" && stem != "world" && !stem.ends_with("_tests")
        })
    });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<(usize, String)> {
        hosts(source, subprocessors::register())
    }

    #[test]
    fn d8_a_host_that_is_nobodys_is_found_with_its_line() {
        let source = "//! See <https://docs.example.net/x>.\nconst A: &str = \"https://api.mailgun.net/v3\";\n\
            let url = format!(\"https://sqs.{region}.amazonaws.com\");\nlet b = \"https://{region}.example.ai/x\"; // https://c.example.io\n\
            let host = \"api.tracker.io\";\nlet t = \"https://api.typeform.com/forms\";\n\
            #[cfg(test)]\nmod tests { const X: &str = \"https://elsewhere.example.com\"; }";
        let expected = [(2, "api.mailgun.net"), (4, "example.ai"), (5, "api.tracker.io")];
        let expected: Vec<(usize, String)> =
            expected.into_iter().map(|(line, host)| (line, host.to_owned())).collect();
        assert_eq!(found(source), expected);
        for own in ["http://localhost:1/x", "http://127.0.0.1:8", "http://www.w3.org/2000/svg"] {
            assert_eq!(found(&format!("let a = \"{own}\";")), [], "{own}");
        }
    }

    #[test]
    fn d8_a_client_of_a_service_that_is_not_registered_is_found() {
        let register = subprocessors::register();
        let manifest = "aws-sdk-dynamodb = { version = \"1\" }\naws-sdk-translate.workspace = true\naws-sdk-sfn = \"1\"";
        assert_eq!(aws_clients(manifest, register), [(2, "the AWS service translate".to_owned())]);
    }

    #[test]
    fn d8_only_typeforms_client_may_open_connections_of_its_own() {
        let manifest =
            "[dependencies]\nreqwest.workspace = true\n[dev-dependencies]\nhyper = \"1\"";
        assert_eq!(clients(manifest, "typeform"), []);
        let found = clients(manifest, "mailer");
        assert_eq!(found.len(), 1);
        assert!(found[0].0 == 2 && found[0].1.contains("reqwest"), "{found:?}");
    }
}
