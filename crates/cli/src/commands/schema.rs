//! `neuroloom schema`.

use neuroloom_pipeline::schema::json_schema;

use super::pretty;
use crate::args::SchemaOf;
use crate::failure::Failure;
use crate::registry::registry;

pub fn schema(of: SchemaOf) -> Result<(), Failure> {
    let schema = match of {
        SchemaOf::Pipeline => json_schema(&registry()),
        SchemaOf::Tables => neuroloom_table::schemas_json(),
    };
    println!("{}", pretty(&schema)?);
    Ok(())
}
