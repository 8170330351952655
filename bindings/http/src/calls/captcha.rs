//! A captcha is drawn, and its answer is tried once.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kouling::flow::{Address, Budget, Captcha, CaptchaAnswer, CaptchaState, Channel, Solution, verify_captcha};
use kouling::policy::units::Rate;
use serde_json::{Value, json};

use super::{count, origin};
use crate::captcha::{draw, parse_nonce, parse_point, work_is_done};
use crate::random;
use crate::server::Server;
use crate::store::StoredCaptcha;
use crate::wire::{Call, Problem, Reply};

/// Captchas drawn for one peer.
const DRAWN: Rate = Rate { most: 60, per: 60 };
/// The length of the key with which a client may encrypt its answer.
const SECRET_KEY: usize = 16;
/// No token or answer is longer, in bytes.
const LONGEST: usize = 512;

/// `GET captcha`: a sliding jigsaw, or with `?kind=work` something to work out instead. Whatever else stands in the query
/// is not ours: clients put numbers there against caches.
pub async fn show(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let works = call.query.split('&').any(|pair| pair == "kind=work");
    let budget = Budget { key: format!("captcha:peer:{}", call.peer), rate: DRAWN };
    count(&server, &[budget], call.now).await?;
    let (answer, pictures) = match works {
        true => (CaptchaAnswer::Work { salt: random::identifier(), bits: server.work_bits() }, None),
        false => {
            let seed = random::bytes::<32>();
            let puzzle = server.workshop().aside(move || draw(seed)).await?;
            let pictures = (STANDARD.encode(&puzzle.picture_png), STANDARD.encode(&puzzle.piece_png));
            (CaptchaAnswer::Place(puzzle.x), Some(pictures))
        }
    };
    let captcha = Captcha { token: random::identifier(), answer, created: call.now, state: CaptchaState::Open };
    let stored = StoredCaptcha { captcha, secret_key: random::letters(SECRET_KEY) };
    server.store().add_captcha(&stored).await?;
    Ok(Reply::new(shown(&stored, pictures)))
}

/// The fields of the AJ-Captcha block puzzle; those that it leaves empty are `null`.
fn shown(stored: &StoredCaptcha, pictures: Option<(String, String)>) -> Value {
    let (picture, piece) = pictures.unzip();
    let mut shown = json!({
        "captchaId": null,
        "projectCode": null,
        "captchaOriginalPath": null,
        "captchaFontType": null,
        "captchaFontSize": null,
        "secretKey": stored.secret_key,
        "originalImageBase64": picture,
        "point": null,
        "jigsawImageBase64": piece,
        "wordList": null,
        "pointList": null,
        "pointJson": null,
        "token": stored.captcha.token,
        "result": false,
        "captchaVerification": null,
    });
    if let CaptchaAnswer::Work { salt, bits } = &stored.captcha.answer {
        shown["work"] = json!({ "salt": salt, "bits": bits });
    }
    shown
}

/// `POST captcha/verify`.
pub async fn verify(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let point = call.fields.text("point_json")?;
    let token = call.fields.text("token")?;
    let sender = call.fields.text("sender")?;
    if token.len() > LONGEST || point.len() > LONGEST {
        return Err(kouling::flow::Refusal::CaptchaFailed.into());
    }
    let stored = server.store().captcha(&token).await?;
    let solution = stored.as_ref().and_then(|stored| match &stored.captcha.answer {
        CaptchaAnswer::Place(_) => parse_point(&point, &stored.secret_key).map(Solution::Place),
        CaptchaAnswer::Work { salt, bits } => {
            let nonce = parse_nonce(&point)?;
            Some(Solution::Work(work_is_done(salt, *bits, &nonce)))
        }
    });
    // The address that the code will go to: an e-mail address or a phone number.
    let address = [Channel::Email, Channel::Mobile].into_iter().find_map(|way| Address::parse(way, &sender));
    let policy = &call.live.policy.reset().captcha;
    let captcha = stored.as_ref().map(|stored| &stored.captcha);
    let (answer, effects) = verify_captcha(policy, captcha, solution, &point, address, call.now);
    let applied = server.store().apply(&effects, &origin(&call)).await?;
    match answer {
        Ok(solved) if applied => Ok(Reply::new(json!({ "captcha_token": solved }))),
        Ok(_) => Err(kouling::flow::Refusal::CaptchaFailed.into()),
        Err(refusal) => Err(refusal.into()),
    }
}
