//! Captchas: shown, and solved in one attempt.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kouling::flow::{
    Address, Budget, Captcha, CaptchaAnswer, CaptchaState, Channel, Refusal, Solution, verify_captcha,
};
use kouling::policy::units::Rate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{count, origin};
use crate::captcha::{draw, parse_nonce, parse_point, work_is_done};
use crate::protocol::{Call, Problem, Reply, Text};
use crate::random;
use crate::server::Server;
use crate::store::StoredCaptcha;

/// Captchas per client address.
const PER_CLIENT: Rate = Rate { most: 60, per: 60 };
/// The length of the key with which a client may encrypt its answer.
const SECRET_KEY_LENGTH: usize = 16;
/// Maximum length of a token or an answer, in bytes.
const MAX_ANSWER_BYTES: usize = 512;

/// A puzzle in the form of AJ-Captcha's block puzzle. The fields that this form leaves empty are `null`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaptchaPuzzle {
    captcha_id: (),
    project_code: (),
    captcha_original_path: (),
    captcha_font_type: (),
    captcha_font_size: (),
    /// The key with which a client may encrypt its answer (AES-128-ECB, PKCS #7).
    #[schemars(length(equal = 16))]
    secret_key: String,
    /// The image with the notch, a PNG in base64. `null` for a proof-of-work puzzle.
    original_image_base64: Option<String>,
    point: (),
    /// The piece, a PNG in base64. `null` for a proof-of-work puzzle.
    jigsaw_image_base64: Option<String>,
    word_list: (),
    point_list: (),
    point_json: (),
    /// The token of the captcha.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    token: String,
    result: bool,
    captcha_verification: (),
    /// The proof-of-work puzzle.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<WorkPuzzle>,
}

/// Find a nonce such that SHA-256 of the salt and the nonce begins with `bits` zero bits.
#[derive(Debug, Serialize, JsonSchema)]
struct WorkPuzzle {
    salt: String,
    bits: u32,
}

/// Handles `GET captcha`. Other queries than `kind=work` are ignored: clients add numbers to bypass caches.
pub(super) async fn show(server: Arc<Server>, call: Call) -> Result<Reply<CaptchaPuzzle>, Problem> {
    let is_work = call.query.split('&').any(|pair| pair == "kind=work");
    let budget = Budget { key: format!("captcha:peer:{}", call.client_address), rate: PER_CLIENT };
    count(&server, &[budget], call.now).await?;
    let (answer, images) = match is_work {
        true => (CaptchaAnswer::Work { salt: random::identifier(), bits: server.work_bits() }, None),
        false => {
            let seed = random::bytes::<32>();
            let puzzle = server.worker_pool().run(move || draw(seed)).await?;
            let images = (STANDARD.encode(&puzzle.picture_png), STANDARD.encode(&puzzle.piece_png));
            (CaptchaAnswer::Place(puzzle.x), Some(images))
        }
    };
    let captcha = Captcha { token: random::identifier(), answer, created: call.now, state: CaptchaState::Open };
    let stored = StoredCaptcha { captcha, secret_key: random::letters(SECRET_KEY_LENGTH) };
    server.store().add_captcha(&stored).await?;
    Ok(Reply::new(puzzle(stored, images)))
}

fn puzzle(stored: StoredCaptcha, images: Option<(String, String)>) -> CaptchaPuzzle {
    let (original_image_base64, jigsaw_image_base64) = images.unzip();
    let work = match stored.captcha.answer {
        CaptchaAnswer::Work { salt, bits } => Some(WorkPuzzle { salt, bits }),
        CaptchaAnswer::Place(_) => None,
    };
    CaptchaPuzzle {
        captcha_id: (),
        project_code: (),
        captcha_original_path: (),
        captcha_font_type: (),
        captcha_font_size: (),
        secret_key: stored.secret_key,
        original_image_base64,
        point: (),
        jigsaw_image_base64,
        word_list: (),
        point_list: (),
        point_json: (),
        token: stored.captcha.token,
        result: false,
        captcha_verification: (),
        work,
    }
}

/// The solution of a captcha.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct VerifyRequest {
    /// The position of the piece, or `{"nonce":"…"}` for a proof of work, as JSON in a string; may be encrypted.
    #[schemars(extend("examples" = ["{\"x\":237.0,\"y\":5.0}"]))]
    point_json: Text,
    /// The token of the captcha.
    #[schemars(extend("examples" = ["00112233445566778899aabbccddeeff"]))]
    token: Text,
    /// The address that the code will be sent to: an e-mail address or a phone number.
    #[schemars(extend("examples" = ["15200000000@qq.com"]))]
    sender: Text,
}

/// The token of a solved captcha.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaptchaToken {
    captcha_token: String,
}

/// Handles `POST captcha/verify`.
pub(super) async fn verify(
    server: Arc<Server>,
    call: Call,
    body: VerifyRequest,
) -> Result<Reply<CaptchaToken>, Problem> {
    let VerifyRequest { point_json: point, token, sender } = body;
    if token.len() > MAX_ANSWER_BYTES || point.len() > MAX_ANSWER_BYTES {
        return Err(Refusal::CaptchaFailed.into());
    }
    let stored = server.store().captcha(&token).await?;
    let solution = stored.as_ref().and_then(|stored| match &stored.captcha.answer {
        CaptchaAnswer::Place(_) => parse_point(&point, &stored.secret_key).map(Solution::Place),
        CaptchaAnswer::Work { salt, bits } => {
            let nonce = parse_nonce(&point)?;
            Some(Solution::Work(work_is_done(salt, *bits, &nonce)))
        }
    });
    let channels = [Channel::Email, Channel::Mobile];
    let address = channels.into_iter().find_map(|channel| Address::parse(channel, &sender));
    let policy = &call.policy.reset().captcha;
    let captcha = stored.as_ref().map(|stored| &stored.captcha);
    let (answer, effects) = verify_captcha(policy, captcha, solution, &point, address, call.now);
    let applied = server.store().apply(&effects, &origin(&call)).await?;
    match answer {
        Ok(captcha_token) if applied => Ok(Reply::new(CaptchaToken { captcha_token })),
        Ok(_) => Err(Refusal::CaptchaFailed.into()),
        Err(refusal) => Err(refusal.into()),
    }
}
