//! The reset flow: directed scenarios, and random walks compared with a reference model.

mod model;
mod scenarios;
