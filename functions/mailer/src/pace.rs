//! Keeping below the account's sending rate.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// The part of the account's rate that is used, in percent: sends of several mailers may fall
/// together, and SES counts over short windows.
const USED_PERCENT: u64 = 90;

/// Gives each send of this process its moment.
///
/// Every mailer takes an equal share of the rate, so that all of them together stay below it
/// without speaking to each other. The pacer lives as long as the process: batches that follow each
/// other do not start with a burst.
#[derive(Debug)]
pub struct Pacer {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pacer {
    /// `rate_per_second` is the account's, shared by `mailers` at work at the same time.
    pub fn new(rate_per_second: u32, mailers: u32) -> Self {
        let per_hundred_seconds = u64::from(rate_per_second.max(1)) * USED_PERCENT;
        let micros = u64::from(mailers.max(1)) * 100_000_000 / per_hundred_seconds;
        Self { interval: Duration::from_micros(micros), next: Mutex::new(None) }
    }

    /// How long the next send has to wait.
    pub fn wait_time(&self) -> Duration {
        let next = *self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        next.map_or(Duration::ZERO, |next| next.saturating_duration_since(Instant::now()))
    }

    /// Waits for the next moment and takes it.
    pub async fn wait(&self) {
        tokio::time::sleep(self.wait_time()).await;
        let next = Instant::now() + self.interval;
        *self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn m4_two_mailers_share_ten_a_second_and_stay_below() {
        let pacer = Pacer::new(10, 2);
        let start = Instant::now();
        let mut sent = 0;
        while start.elapsed() < Duration::from_secs(10) {
            pacer.wait().await;
            sent += 1;
        }
        assert!((43..=46).contains(&sent), "{sent} sends in ten seconds by one of two");
    }

    #[tokio::test(start_paused = true)]
    async fn m4_a_quiet_time_allows_no_burst_afterwards() {
        let pacer = Pacer::new(1, 1);
        pacer.wait().await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        pacer.wait().await;
        assert!(pacer.wait_time() > Duration::from_secs(1));
    }
}
