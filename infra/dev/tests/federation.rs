//! Signing in through an identity provider is switched on by parameters (P2): what each choice of them makes of the
//! template, by the template's own conditions and rules.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, BTreeSet};

use dev::checks;
use dev::layout::Layout;
use dev::tools::Tools;
use serde_json::{Value, json};

struct Deployed {
    template: Value,
    given: BTreeMap<&'static str, &'static str>,
}

impl Deployed {
    /// What an expression comes to. Resources stand for what `Ref` says of them.
    fn value(&self, expression: &Value) -> Value {
        match expression {
            Value::Array(parts) => parts.iter().map(|part| self.value(part)).collect(),
            Value::Object(members) if members.len() == 1 => {
                let (function, argument) = members.iter().next().unwrap();
                self.function(function, argument).unwrap_or_else(|| expression.clone())
            }
            _ => expression.clone(),
        }
    }

    fn function(&self, function: &str, argument: &Value) -> Option<Value> {
        let holds = |one: &Value| self.value(one) == json!(true);
        let parts = argument.as_array().map_or(&[][..], Vec::as_slice);
        Some(match function {
            "Ref" => {
                let name = argument.as_str()?;
                let default = &self.template["Parameters"][name]["Default"];
                match self.given.get(name) {
                    Some(given) => json!(given),
                    None if !default.is_null() => default.clone(),
                    None => argument.clone(),
                }
            }
            "Condition" => self.value(&self.template["Conditions"][argument.as_str()?]),
            "Fn::If" => {
                let condition = json!({ "Condition": parts[0] });
                self.value(&parts[if holds(&condition) { 1 } else { 2 }])
            }
            "Fn::Equals" => json!(self.value(&parts[0]) == self.value(&parts[1])),
            "Fn::Not" => json!(!holds(&parts[0])),
            "Fn::And" => json!(parts.iter().all(holds)),
            "Fn::Or" => json!(parts.iter().any(holds)),
            "Fn::Contains" => {
                json!(self.value(&parts[0]).as_array()?.contains(&self.value(&parts[1])))
            }
            _ => return None,
        })
    }

    /// The identity providers that are made.
    fn providers(&self) -> BTreeSet<&str> {
        let resources = self.template["Resources"].as_object().unwrap();
        let made = resources.iter().filter(|(_, resource)| {
            let condition = json!({ "Condition": resource["Condition"] });
            resource["Type"] == "AWS::Cognito::UserPoolIdentityProvider"
                && (resource["Condition"].is_null() || self.value(&condition) == json!(true))
        });
        made.map(|(name, _)| name.as_str()).collect()
    }

    /// Whom the portal's client lets people sign in by.
    fn offered(&self) -> Value {
        let client = &self.template["Resources"]["PortalClient"]["Properties"];
        self.value(&client["SupportedIdentityProviders"])
    }

    /// What is asked before an account is made.
    fn gate(&self) -> Value {
        self.value(&self.template["Resources"]["UserPool"]["Properties"]["LambdaConfig"])
    }

    /// The rules that refuse these parameters, by what they say.
    fn refusals(&self) -> Vec<String> {
        let mut told = Vec::new();
        for rule in self.template["Rules"].as_object().unwrap().values() {
            let asked = &rule["RuleCondition"];
            if !asked.is_null() && self.value(asked) != json!(true) {
                continue;
            }
            for one in rule["Assertions"].as_array().unwrap() {
                if self.value(&one["Assert"]) != json!(true) {
                    told.push(one["AssertDescription"].as_str().unwrap().to_owned());
                }
            }
        }
        told
    }
}

const METADATA: (&str, &str) = ("SamlMetadataUrl", "https://idp.example.edu/metadata");
const ISSUER: (&str, &str) = ("OidcIssuer", "https://idp.example.edu");
const CLIENT: (&str, &str) = ("OidcClientId", "unihelper");
const SECRET: (&str, &str) =
    ("OidcSecretArn", "arn:aws:secretsmanager:eu-north-1:123456789012:secret:oidc-AbCdEf");

async fn template() -> Value {
    let layout = Layout::find().unwrap();
    let tools = Tools::install(&layout).await.unwrap();
    checks::expand(&layout, &tools).await.unwrap().0
}

fn deployed(template: &Value, more: &[(&'static str, &'static str)]) -> Deployed {
    let mut given = BTreeMap::from([("AWS::Region", "eu-north-1"), ("BackupRegion", "eu-west-1")]);
    given.extend(more.iter().copied());
    Deployed { template: template.clone(), given }
}

#[tokio::test]
async fn p2_an_identity_provider_is_made_and_offered_where_parameters_name_one() {
    let template = template().await;
    let none = deployed(&template, &[]);
    assert_eq!(none.providers(), BTreeSet::new());
    assert_eq!(none.offered(), json!(["COGNITO"]));
    assert_eq!(none.gate(), json!("AWS::NoValue"));
    assert_eq!(none.refusals(), Vec::<String>::new());
    for (given, provider) in
        [(&[METADATA][..], "SamlProvider"), (&[ISSUER, CLIENT, SECRET], "OidcProvider")]
    {
        let federated = deployed(&template, given);
        assert_eq!(federated.refusals(), Vec::<String>::new(), "{provider}");
        assert_eq!(federated.providers(), BTreeSet::from([provider]));
        assert_eq!(federated.offered(), json!(["COGNITO", provider]));
        let gate = json!({ "PreSignUp": { "Fn::GetAtt": ["SignInGate", "Arn"] } });
        assert_eq!(federated.gate(), gate, "no stranger gets an account by trying");
        let properties = &template["Resources"][provider]["Properties"];
        assert_eq!(federated.value(&properties["ProviderName"]), "University");
        assert_eq!(federated.value(&properties["AttributeMapping"]["email"]), "email");
    }
    // What the client proves itself by is in no parameter and in no template.
    let secret =
        &template["Resources"]["OidcProvider"]["Properties"]["ProviderDetails"]["client_secret"];
    let resolved = "{{resolve:secretsmanager:${OidcSecretArn}:SecretString:client_secret}}";
    assert_eq!(*secret, json!({ "Fn::Sub": resolved }));
}

#[tokio::test]
async fn p2_parameters_that_make_no_identity_provider_are_refused_by_name() {
    let template = template().await;
    for (given, named) in [
        (&[METADATA, ISSUER, CLIENT, SECRET][..], &["SamlMetadataUrl or OidcIssuer"][..]),
        (&[ISSUER], &["needs OidcClientId", "needs OidcSecretArn"]),
        (&[ISSUER, CLIENT], &["needs OidcSecretArn"]),
        (&[CLIENT], &["OidcClientId is of no use"]),
        (&[METADATA, SECRET], &["OidcSecretArn is of no use"]),
    ] {
        let refusals = deployed(&template, given).refusals();
        assert_eq!(refusals.len(), named.len(), "{given:?}: {refusals:?}");
        for (refusal, named) in refusals.iter().zip(named) {
            assert!(refusal.contains(named), "{given:?}: {refusal}");
        }
    }
}
