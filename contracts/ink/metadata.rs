//! Prints the contract's metadata and what it calls as JSON, for scripts/ink.ts to hold against our ABI.
use ink::sol::SolParamsDecode;
use wetee_ink_consumer::{CALLBACK, CallTypes, QuoteTypes};

unsafe extern "Rust" {
    fn __ink_generate_solidity_metadata() -> ink::metadata::sol::ContractMetadata;
}

fn main() {
    // Safe: ink! defines it in the library of this package.
    let contract = unsafe { __ink_generate_solidity_metadata() };
    let document = serde_json::json!({
        "contract": contract,
        "calls": {
            "call": <CallTypes as SolParamsDecode>::SOL_NAME,
            "quote": <QuoteTypes as SolParamsDecode>::SOL_NAME,
        },
        "callback": CALLBACK,
    });
    println!("{document}");
}
