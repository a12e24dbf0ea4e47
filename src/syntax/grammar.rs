//! The grammar of `grammar/vms.pest`, as a parser.

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/vms.pest"]
pub(super) struct Vms;
