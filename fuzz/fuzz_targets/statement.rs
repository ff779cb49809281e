//! A bank's file, whatever it is: what is read of it has a key for each line, no two alike, and lines that are in the order in which
//! they are read again; what is not read has a reason in both languages.
#![no_main]
use gongshi::statement::{StatementError, StatementRequest, read};
use std::collections::BTreeSet;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match read(bytes, &StatementRequest::default()) {
        Ok(file) => {
            assert!(!file.format.is_empty());
            for statement in &file.statements {
                let keys: BTreeSet<_> = statement.lines.iter().map(|line| &line.key).collect();
                assert_eq!(keys.len(), statement.lines.len());
                assert!(statement.lines.iter().all(|line| !line.key.is_empty()));
                assert!(statement.warnings.iter().all(|warning| !warning.words().zh.is_empty()));
                assert!(statement.mismatches.iter().all(|mismatch| !mismatch.words(statement.currency).zh.is_empty()));
            }
            assert_eq!(read(bytes, &StatementRequest::default()), Ok(file));
        }
        Err(errors) => {
            assert!(errors.iter().all(|error| !error.words().zh.is_empty() && !error.words().en.is_empty()));
            assert!(StatementError::refusal(&errors).problem.status < 500);
        }
    }
});
