//! The CPU time of a thread. Unlike wall time, it does not include the time that other threads and processes take.

use std::time::Duration;

/// CPU time of the thread since an unspecified moment.
pub(super) type CpuTime = Duration;

/// Returns the CPU time of the calling thread.
#[cfg(unix)]
pub(super) fn cpu_time() -> CpuTime {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// Returns the wall time, where the CPU time of a thread is not available.
#[cfg(not(unix))]
pub(super) fn cpu_time() -> CpuTime {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn sleeping_takes_no_cpu_time() {
        let before = cpu_time();
        std::thread::sleep(Duration::from_millis(200));
        assert!(cpu_time() - before < Duration::from_millis(150));
    }
}
