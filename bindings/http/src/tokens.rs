//! Id tokens (ES256). An application can verify them with `/.well-known/jwks.json` alone. The server also asks the store,
//! because a session can be revoked.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kouling::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::random;
use crate::start_error::StartError;

/// Lifetime of a session in seconds, as the contract states: five days.
pub const LIFETIME: u64 = 432_000;

/// Signs and verifies id tokens.
pub struct Tokens {
    issuer: String,
    key_id: String,
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    public: Vec<u8>,
}

/// The claims of an id token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The identifier of the account.
    pub sub: String,
    /// The client it was issued to.
    pub aud: String,
    /// When it was issued.
    pub iat: i64,
    /// When it expires.
    pub exp: i64,
    /// The identifier of the session.
    pub jti: String,
    /// The username.
    pub preferred_username: String,
}

impl Tokens {
    /// Uses a signing key in PKCS #8.
    ///
    /// # Errors
    /// The key is not an ECDSA key over P-256.
    pub fn new(pkcs8: &[u8], issuer: &str) -> Result<Tokens, StartError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| StartError::new("the key `id-token.p8` is damaged".to_owned()))?;
        let public = pair.public_key().as_ref().to_vec();
        let key_id = random::hex(&Sha256::digest(&public)[..8]);
        Ok(Tokens {
            issuer: issuer.to_owned(),
            key_id,
            signing_key: EncodingKey::from_ec_der(pkcs8),
            verifying_key: DecodingKey::from_ec_der(&public),
            public,
        })
    }

    /// Signs a token for a session.
    ///
    /// # Errors
    /// The token cannot be signed.
    pub fn issue(
        &self,
        session: &str,
        account: &str,
        username: &str,
        client: &str,
        now: Moment,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: account.to_owned(),
            aud: client.to_owned(),
            iat: now.unix(),
            exp: now.plus(LIFETIME).unix(),
            jti: session.to_owned(),
            preferred_username: username.to_owned(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &self.signing_key)
    }

    /// Returns the claims of a token that this server signed, that is valid at `now` and, if `client` is given, was issued to
    /// that client.
    pub fn verify(&self, token: &str, client: Option<&str>, now: Moment) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // Checked below: the clock is the server's, and only some endpoints know the audience.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying_key, &validation).ok()?.claims;
        let in_time = claims.iat <= now.unix() && now.unix() < claims.exp && now.is_plausible();
        (in_time && client.is_none_or(|client| client == claims.aud)).then_some(claims)
    }

    /// Returns the public key in the form of RFC 7517.
    pub fn key_set(&self) -> KeySet {
        // An uncompressed point: the byte 4, then x and y with 32 bytes each.
        let half = |from: usize| URL_SAFE_NO_PAD.encode(self.public.get(from..from + 32).unwrap_or_default());
        let (x, y) = (half(1), half(33));
        KeySet {
            keys: vec![Key {
                kty: "EC",
                crv: "P-256",
                alg: "ES256",
                r#use: "sig",
                kid: self.key_id.clone(),
                x,
                y,
            }],
        }
    }
}

/// A set of public keys (RFC 7517).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// A public key on an elliptic curve (RFC 7518, section 6.2).
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Key {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    r#use: &'static str,
    kid: String,
    x: String,
    y: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let rng = aws_lc_rs::rand::SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        Tokens::new(key.as_ref(), "kouling").unwrap()
    }

    #[test]
    fn token_is_valid_for_its_client_and_lifetime() {
        let (tokens, now) = (tokens(), Moment::from_unix(1_795_392_000));
        let token = tokens.issue("s", "a", "zhangsan", "c", now).unwrap();
        let is_valid = |client: Option<&str>, at| tokens.verify(&token, client, at).is_some();
        assert!(is_valid(Some("c"), now) && is_valid(None, now.plus(LIFETIME - 1)));
        assert!(!is_valid(Some("d"), now));
        assert!(!is_valid(Some("c"), now.plus(LIFETIME)));
        assert!(!is_valid(Some("c"), now.minus(1)));
        assert!(super::tests::tokens().verify(&token, None, now).is_none(), "another server's key");
    }

    #[test]
    fn token_with_another_algorithm_is_refused() {
        let (tokens, now) = (tokens(), Moment::from_unix(1_795_392_000));
        let token = tokens.issue("s", "a", "zhangsan", "c", now).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"RS256"}"#] {
            let forged = format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), parts[1], parts[2]);
            assert!(tokens.verify(&forged, None, now).is_none(), "{header}");
        }
        assert!(tokens.verify(&format!("{}.{}.", parts[0], parts[1]), None, now).is_none());
        assert!(tokens.verify("", None, now).is_none());
    }
}
