//! Contacts: onboarded by the operator, enrolled with a second factor, signed in on the hosted page.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Url, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use totp_rs::{Algorithm, Secret, TOTP};
use uuid::Uuid;

use super::Service;
use crate::stack::Login;

impl Service {
    /// Onboards a contact and enrols them as they would themselves: a password and a second factor.
    pub async fn onboard_contact(&self, contact: &Value) -> Result<Login> {
        self.invoke("onboarding", &json!({ "contact": contact })).await?;
        let user = contact["email"].as_str().context("a contact has an e-mail address")?.to_owned();
        let password = format!("Sample-{}", Uuid::new_v4().simple());
        let pool = self.stack.deployed.output("UserPoolId")?;
        let body = json!({ "UserPoolId": pool, "Username": user, "Password": password, "Permanent": true });
        self.cognito("AdminSetUserPassword", &body).await?;
        let totp_secret = self.enrol(pool, &user, &password).await?;
        Ok(Login { user, password, totp_secret })
    }

    /// The portal's own client allows the hosted page only, where the emulator never asks for a
    /// code; so the second factor is enrolled through a client made for that and removed again.
    async fn enrol(&self, pool: &str, user: &str, password: &str) -> Result<String> {
        let client = self.password_client(pool).await?;
        let auth = json!({ "USERNAME": user, "PASSWORD": password });
        let body =
            json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": auth });
        let signed_in = self.cognito("InitiateAuth", &body).await?;
        let token =
            signed_in["AuthenticationResult"]["AccessToken"].as_str().context("no access token")?;
        let associated =
            self.cognito("AssociateSoftwareToken", &json!({ "AccessToken": token })).await?;
        let secret = associated["SecretCode"]
            .as_str()
            .context("no secret for the second factor")?
            .to_owned();
        let body = json!({ "AccessToken": token, "UserCode": one_time_code(&secret)? });
        self.cognito("VerifySoftwareToken", &body).await?;
        let preference = json!({ "Enabled": true, "PreferredMfa": true });
        let body =
            json!({ "UserPoolId": pool, "Username": user, "SoftwareTokenMfaSettings": preference });
        self.cognito("AdminSetUserMFAPreference", &body).await?;
        self.cognito("DeleteUserPoolClient", &json!({ "UserPoolId": pool, "ClientId": client }))
            .await?;
        Ok(secret)
    }

    /// Signs in through Cognito's API with password and second factor; the API refuses its tokens,
    /// because only the portal's client may ask for the portal's scope. Proves the second factor.
    pub async fn sign_in_by_api(&self, login: &Login, code: &str) -> Result<Value> {
        let pool = self.stack.deployed.output("UserPoolId")?;
        let client = self.password_client(pool).await?;
        let auth = json!({ "USERNAME": login.user, "PASSWORD": login.password });
        let body =
            json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": auth });
        let challenge = self.cognito("InitiateAuth", &body).await?;
        if challenge["ChallengeName"] != "SOFTWARE_TOKEN_MFA" {
            bail!("expected to be asked for the second factor, got {challenge}");
        }
        let responses = json!({ "USERNAME": login.user, "SOFTWARE_TOKEN_MFA_CODE": code });
        let body = json!({
            "ClientId": client, "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": challenge["Session"], "ChallengeResponses": responses,
        });
        self.cognito("RespondToAuthChallenge", &body).await
    }

    async fn password_client(&self, pool: &str) -> Result<String> {
        let body = json!({
            "UserPoolId": pool, "ClientName": format!("enrolment-{}", Uuid::new_v4().simple()),
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let made = self.cognito("CreateUserPoolClient", &body).await?;
        Ok(made["UserPoolClient"]["ClientId"].as_str().context("no client id")?.to_owned())
    }

    /// Signs in as the portal does: authorisation code with PKCE on the hosted page. Returns the
    /// access token.
    pub async fn sign_in(&self, login: &Login) -> Result<String> {
        let tokens = self.sign_in_tokens(login).await?;
        Ok(tokens["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// The same, with all tokens.
    pub async fn sign_in_tokens(&self, login: &Login) -> Result<Value> {
        let endpoint = self.emulator().endpoint();
        let client = self.stack.deployed.output("PortalClientId")?;
        let callback = format!("{}/portal/signed-in", self.stack.deployed.parameter("PortalUrl")?);
        let verifier = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let fields = [
            ("client_id", client),
            ("redirect_uri", &callback),
            ("response_type", "code"),
            ("scope", "openid email unihelper/portal"),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let page = Url::parse_with_params(&format!("{endpoint}/oauth2/authorize"), fields)?;
        self.http.get(page).send().await?.error_for_status().context("the hosted page")?;
        let mut form: Vec<(&str, &str)> = fields.to_vec();
        form.extend([("username", login.user.as_str()), ("password", login.password.as_str())]);
        let answer = self.http.post(format!("{endpoint}/login")).form(&form).send().await?;
        let target = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let target = Url::parse(target.context("the sign-in was refused")?)?;
        let code = target
            .query_pairs()
            .find(|(name, _)| name == "code")
            .map(|(_, code)| code.into_owned());
        let code = code.context("the sign-in gave no code")?;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", &code),
            ("redirect_uri", &callback),
            ("code_verifier", &verifier),
        ];
        let answer = self.http.post(format!("{endpoint}/oauth2/token")).form(&form).send().await?;
        Ok(answer.error_for_status().context("the code was refused")?.json().await?)
    }

    async fn cognito(&self, operation: &str, body: &Value) -> Result<Value> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        self.emulator().json("cognito-idp", &target, body).await
    }
}

/// The code that an authenticator app shows now (RFC 6238: SHA-1, 6 digits, 30 s).
pub fn one_time_code(secret: &str) -> Result<String> {
    let bytes =
        Secret::Encoded(secret.to_owned()).to_bytes().ok().context("the secret is not Base32")?;
    let totp = TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, bytes);
    totp.generate_current().context("the clock is before 1970")
}
