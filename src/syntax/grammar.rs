//! The pest parser generated from `grammar/vms.pest`.

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/vms.pest"]
pub(super) struct Vms;
