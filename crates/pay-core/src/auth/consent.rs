//! Pairs that only a user's consent can replace: begun from outside, never given out before they are kept, forgotten on request.

use super::cell::{Issued, TokenCell};
use super::flight::{consent_required, read_credentials};
use super::shared::{adopt, in_time};
use super::source::{Access, Credentials, Tokens};
use super::state::{Held, lifetime};
use super::store::{Claim, Claimed, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use super::token_call::Failed;
use crate::error::{Error, Kind, Outcome};
use crate::secret::SecretString;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// How often a store is asked again to take a pair, and how long it is left alone in between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// How long another holder's claim is left alone before it is looked at again.
const LOOK: Duration = Duration::from_millis(100);

impl Access {
    /// Takes in a pair that a user consented to, asked for `age` ago: kept by the store first, then used. It replaces an older
    /// one, here and for every process that shares the store.
    ///
    /// # Errors
    /// With outcome `NotDone`: `Kind::Config` without a token store, `Kind::Credentials`, and `Kind::Token` where the store
    /// does not keep the pair; the same pair can then be given again.
    pub async fn begin(&self, tokens: &Tokens, age: Duration) -> Result<(), Error> {
        let (cell, store) = self.kept()?;
        let credentials = read_credentials(cell).await.map_err(|failed| failed.error)?;
        let issued = cell.begun(tokens, &credentials, age);
        let key = cell.key(&credentials);
        let give_up = cell.core.clock.now() + cell.claim_ttl() * 2;
        let mut last = StoreError("another holder of the claim did not finish".to_owned());
        while cell.core.clock.now() < give_up {
            match offer(cell, store.as_ref(), &key, &issued).await {
                Ok(Some(generation)) => {
                    cell.store_works();
                    // An older pair that waits to be saved must not come after this one.
                    unsaved(cell);
                    cell.start_over(Some(Issued { stored_generation: generation, ..issued }));
                    return Ok(());
                }
                Ok(None) => sleep(LOOK).await,
                Err(error) => {
                    last = error;
                    break;
                }
            }
        }
        cell.store_failed(store.as_ref(), &last);
        Err(store_down(&last).error.advice("the pair is not kept: give it again when the store works"))
    }

    /// Whether the store has a pair of this user; it may have been withdrawn at the provider.
    ///
    /// # Errors
    /// As [`Access::begin`].
    pub async fn has_begun(&self) -> Result<bool, Error> {
        let (cell, store) = self.kept()?;
        let credentials = read_credentials(cell).await.map_err(|failed| failed.error)?;
        let stored = in_time(cell, store.load(&cell.key(&credentials))).await;
        stored.map(|stored| stored.is_some()).map_err(|error| store_down(&error).error)
    }

    /// Lets go of the user's pair, in the store and here; a refresh that is under way brings nothing back. The provider hears nothing of it.
    ///
    /// # Errors
    /// As [`Access::begin`]; what this process holds is gone all the same.
    pub async fn forget(&self) -> Result<(), Error> {
        let (cell, store) = self.kept()?;
        unsaved(cell);
        cell.start_over(None);
        let credentials = read_credentials(cell).await.map_err(|failed| failed.error)?;
        let forgotten = in_time(cell, store.forget(&cell.key(&credentials))).await;
        // Once more: a refresh that ended meanwhile.
        cell.start_over(None);
        forgotten.map_err(|error| store_down(&error).error)
    }

    fn kept(&self) -> Result<(&Arc<TokenCell>, &Arc<dyn TokenStore>), Error> {
        let cell = self.cell.as_ref().ok_or_else(|| Error::config("access", "has no tokens"))?;
        let store = cell.core.settings.token_store.as_ref();
        Ok((cell, store.ok_or_else(|| Error::config("token_store", "is needed to keep what users consented to"))?))
    }
}

impl TokenCell {
    pub(super) fn key(&self, credentials: &Credentials) -> TokenKey {
        TokenKey::new(self.core.provider.name(), self.core.base.as_str(), credentials.id(), self.user.as_deref())
    }

    /// Long enough for a refresh and the log-in after it.
    pub(super) fn claim_ttl(&self) -> Duration {
        self.core.settings.token_timeout() * 2 + Duration::from_secs(5)
    }

    /// Whether a lost user has consented anew in another process, which is then taken in: it ends the pause after the refusal here too.
    pub(super) async fn begun_elsewhere(&self, error: &Error) -> bool {
        let Some(store) = self.core.settings.token_store.as_ref().filter(|_| error.kind() == Kind::ConsentRequired)
        else {
            return false;
        };
        let (epoch, ours) = self.known();
        let Ok(credentials) = read_credentials(self).await else { return false };
        let Ok(Some(stored)) = in_time(self, store.load(&self.key(&credentials))).await else { return false };
        match adopt(self, credentials.id(), &stored).filter(|_| stored.generation > ours) {
            Some(issued) => {
                self.start_over_since(epoch, issued);
                true
            }
            None => false,
        }
    }

    fn begun(&self, tokens: &Tokens, credentials: &Credentials, age: Duration) -> Issued {
        let (now, wall) = (self.core.clock.now(), self.core.clock.wall());
        let (asked, asked_wall) = (now.checked_sub(age).unwrap_or(now), wall.checked_sub(age).unwrap_or(wall));
        let ttl = lifetime(tokens, self.core.provider.unknown_lifetime());
        Issued {
            held: Held::new(asked, asked_wall, ttl, self.core.settings.jitter),
            expires_at: tokens.lifetime.and_then(|ttl| asked_wall.checked_add(ttl)),
            token: tokens.access.clone(),
            refresh: tokens.refresh.clone(),
            credential: SecretString::from(credentials.id().to_owned()),
            extra: Vec::new(),
            stored_generation: 0,
        }
    }
}

impl Issued {
    /// As a store keeps it.
    pub(super) fn stored(&self) -> StoredTokens {
        let (access, refresh) = (self.token.clone(), self.refresh.clone());
        StoredTokens::new(self.stored_generation, access, refresh, self.held.issued_wall, self.expires_at)
    }
}

/// Offers a begun pair once; answers its generation, or `None` where another holder has the claim.
async fn offer(
    cell: &TokenCell,
    store: &dyn TokenStore,
    key: &TokenKey,
    issued: &Issued,
) -> Result<Option<u64>, StoreError> {
    let there = in_time(cell, store.load(key)).await?.map_or(0, |stored| stored.generation);
    let Claimed::Yes(claim) = in_time(cell, store.claim(key, there, cell.claim_ttl())).await? else {
        return Ok(None);
    };
    // Never a number that another process has seen before the user was forgotten: it would take the pair for an old one.
    let first = cell.core.clock.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let generation = if there == 0 { u64::try_from(first).unwrap_or(1) } else { there + 1 };
    let pair = StoredTokens { generation, ..issued.stored() };
    match in_time(cell, store.save(&claim, &pair)).await {
        Ok(Saved::Yes) => Ok(Some(generation)),
        Ok(Saved::Lost) => Ok(None),
        Err(error) => {
            let _ = in_time(cell, store.release(&claim)).await;
            Err(error)
        }
    }
}

/// Takes the pair that the store could not take so far.
pub(super) fn unsaved(cell: &TokenCell) -> Option<(Claim, Issued)> {
    cell.unsaved.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Offers the pair that the store could not take, for an hour at most: sessions may end with the request that made them, and
/// what they held would be gone with the cell.
pub(super) async fn rescue(cell: Arc<TokenCell>) {
    const PAUSES: [u64; 4] = [1, 2, 5, 15];
    if cell.rescuing.swap(true, Ordering::AcqRel) {
        return;
    }
    let give_up = cell.core.clock.now() + Duration::from_secs(3600);
    let mut pauses = PAUSES.into_iter().chain(std::iter::repeat(30));
    while cell.core.clock.now() < give_up {
        sleep(Duration::from_secs(pauses.next().unwrap_or(30))).await;
        let Some(store) = &cell.core.settings.token_store else { break };
        // A refresh may have taken it meanwhile, and saved it or put it back.
        let Some((claim, issued)) = unsaved(&cell) else { break };
        if keep(&cell, store.as_ref(), claim, issued).await.is_ok() {
            break;
        }
    }
    cell.rescuing.store(false, Ordering::Release);
}

pub(super) fn is_unsaved(cell: &TokenCell) -> bool {
    cell.unsaved.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Saves a new pair before anybody gets it. The provider may have replaced the refresh token with this answer, so the pair
/// is not given up: what the store does not take now is offered again before anything else is asked, and meanwhile the
/// claim stays, so that nobody asks with the old one.
pub(super) async fn keep(
    cell: &TokenCell,
    store: &dyn TokenStore,
    mut claim: Claim,
    issued: Issued,
) -> Result<Issued, Failed> {
    let give_up = cell.core.clock.now() + cell.claim_ttl();
    let mut failures = 0;
    let error = loop {
        match save(cell, store, &mut claim, &issued).await {
            Ok(Kept::Yes) => {
                cell.store_works();
                return Ok(issued);
            }
            Ok(Kept::Replaced(newer)) => {
                return adopt(cell, credential(&issued), &newer).ok_or_else(|| {
                    store_down(&StoreError("another process kept a newer pair, which has ended".to_owned()))
                });
            }
            Ok(Kept::Forgotten) => return Err(consent_required()),
            Ok(Kept::NotYet) if cell.core.clock.now() < give_up => sleep(LOOK).await,
            Ok(Kept::NotYet) => break StoreError("another holder of the claim did not finish".to_owned()),
            Err(error) => {
                failures += 1;
                if failures == TRIES {
                    break error;
                }
                sleep(PAUSE).await;
            }
        }
    };
    cell.store_failed(store, &error);
    *cell.unsaved.lock().unwrap_or_else(PoisonError::into_inner) = Some((claim, issued));
    Err(store_down(&error))
}

enum Kept {
    Yes,
    /// Another process kept a pair meanwhile.
    Replaced(StoredTokens),
    /// The user was let go.
    Forgotten,
    /// The claim had ended, and another holder has it.
    NotYet,
}

async fn save(
    cell: &TokenCell,
    store: &dyn TokenStore,
    claim: &mut Claim,
    issued: &Issued,
) -> Result<Kept, StoreError> {
    if in_time(cell, store.save(claim, &issued.stored())).await? == Saved::Yes {
        return Ok(Kept::Yes);
    }
    // The claim ended before the answer came. Nobody else has kept a newer pair unless the store says so.
    match in_time(cell, store.load(&claim.key)).await? {
        None => return Ok(Kept::Forgotten),
        Some(newer) if newer.generation != claim.generation => return Ok(Kept::Replaced(newer)),
        Some(_) => {}
    }
    match in_time(cell, store.claim(&claim.key, claim.generation, cell.claim_ttl())).await? {
        Claimed::Yes(again) => *claim = again,
        Claimed::Held | Claimed::Newer => return Ok(Kept::NotYet),
    }
    let saved = in_time(cell, store.save(claim, &issued.stored())).await?;
    Ok(if saved == Saved::Yes { Kept::Yes } else { Kept::NotYet })
}

fn credential(issued: &Issued) -> &str {
    secrecy::ExposeSecret::expose_secret(&issued.credential)
}

/// A store that does not answer is no reason to send a user through consent again.
pub(super) fn store_down(error: &StoreError) -> Failed {
    let told = Error::new(Kind::Token, Outcome::NotDone, "token")
        .message("the token store failed, and without it nothing is refreshed that a user consented to")
        .with_source(error.clone());
    Failed::transient(told)
}
