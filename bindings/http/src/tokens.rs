//! Id tokens are signed (ES256), so that an application can verify them by `/.well-known/jwks.json` alone; a session can
//! still be ended, so that we also ask the store.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kouling::Moment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::random;
use crate::start_error::StartError;

/// Seconds that a session lives, as the contract states it: five days.
pub const LIFETIME: u64 = 432_000;

/// Signs and verifies id tokens.
pub struct Tokens {
    issuer: String,
    key_id: String,
    signs: EncodingKey,
    verifies: DecodingKey,
    public: Vec<u8>,
}

/// What an id token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The account.
    pub sub: String,
    /// The client it was issued to.
    pub aud: String,
    /// When it was issued.
    pub iat: i64,
    /// When it dies.
    pub exp: i64,
    /// The session.
    pub jti: String,
    /// The name to show.
    pub preferred_username: String,
}

impl Tokens {
    /// With a key in PKCS #8.
    ///
    /// # Errors
    /// When it is no key for ECDSA over P-256.
    pub fn new(pkcs8: &[u8], issuer: &str) -> Result<Tokens, StartError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| StartError::new("the key `id-token.p8` is damaged".to_owned()))?;
        let public = pair.public_key().as_ref().to_vec();
        let key_id = random::hex(&Sha256::digest(&public)[..8]);
        Ok(Tokens {
            issuer: issuer.to_owned(),
            key_id,
            signs: EncodingKey::from_ec_der(pkcs8),
            verifies: DecodingKey::from_ec_der(&public),
            public,
        })
    }

    /// A token for a session.
    ///
    /// # Errors
    /// When it cannot be signed.
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
        jsonwebtoken::encode(&header, &claims, &self.signs)
    }

    /// What a token says, when it is ours, in time and, where a client is known, issued to it.
    pub fn verify(&self, token: &str, client: Option<&str>, now: Moment) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // The clock is the server's, and the audience is known only to some calls: both are looked at below.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifies, &validation).ok()?.claims;
        let in_time = claims.iat <= now.unix() && now.unix() < claims.exp && now.is_plausible();
        (in_time && client.is_none_or(|client| client == claims.aud)).then_some(claims)
    }

    /// The public key, as RFC 7517 has it.
    pub fn key_set(&self) -> Value {
        // An uncompressed point: 4, then x and y of 32 bytes each.
        let half = |from: usize| URL_SAFE_NO_PAD.encode(self.public.get(from..from + 32).unwrap_or_default());
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
            "kid": self.key_id, "x": half(1), "y": half(33),
        }] })
    }
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
    fn a_token_is_good_for_its_client_and_its_time() {
        let (tokens, now) = (tokens(), Moment::from_unix(1_795_392_000));
        let token = tokens.issue("s", "a", "zhangsan", "c", now).unwrap();
        let good = |client: Option<&str>, at| tokens.verify(&token, client, at).is_some();
        assert!(good(Some("c"), now) && good(None, now.plus(LIFETIME - 1)));
        assert!(!good(Some("d"), now));
        assert!(!good(Some("c"), now.plus(LIFETIME)));
        assert!(!good(Some("c"), now.minus(1)));
        assert!(super::tests::tokens().verify(&token, None, now).is_none(), "another server's key");
    }

    #[test]
    fn a_token_of_another_algorithm_or_none_is_refused() {
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
