//! Makes the generated document say what the API does: a member without a value is left out, never
//! `null`; a page refers to its items' schema instead of repeating it; and what touches personal data
//! asks for a reason.

use std::collections::BTreeSet;

use axum::http::Method;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{ArrayItems, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};

use crate::reasons;

/// How the names of pages start; the rest is the name of their items' schema.
const PAGED: &str = "Paged_";

/// Tidies the whole document.
pub(crate) fn tidy(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        let names: BTreeSet<String> = components.schemas.keys().cloned().collect();
        for (name, schema) in &mut components.schemas {
            if let Some(item) = name.strip_prefix(PAGED).filter(|item| names.contains(*item)) {
                refer(schema, item);
            }
            without_null(schema);
        }
    }
    for (address, path) in &mut document.paths.paths {
        for (method, operation) in operations(path) {
            reasons::describe(&method, address, operation);
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    parameter.schema.iter_mut().for_each(without_null);
                }
            }
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut path.get),
        (Method::POST, &mut path.post),
        (Method::PUT, &mut path.put),
        (Method::PATCH, &mut path.patch),
        (Method::DELETE, &mut path.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// Lets the items of a page be a reference.
fn refer(page: &mut RefOr<Schema>, item: &str) {
    if let RefOr::T(Schema::Object(page)) = page
        && let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items")
    {
        let item = RefOr::Ref(Ref::from_schema_name(item));
        items.items = ArrayItems::RefOrSchema(Box::new(item));
    }
}

fn without_null(schema: &mut RefOr<Schema>) {
    let RefOr::T(inner) = schema else { return };
    match inner {
        Schema::Object(object) => {
            plain(&mut object.schema_type);
            object.properties.values_mut().for_each(without_null);
        }
        Schema::Array(array) => {
            plain(&mut array.schema_type);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                without_null(items);
            }
        }
        Schema::AllOf(all) => all.items.iter_mut().for_each(without_null),
        Schema::OneOf(one) => {
            one.items.retain(|item| !is_null(item));
            if one.items.len() == 1
                && let Some(only) = one.items.pop()
            {
                *schema = only;
            }
        }
        _ => {}
    }
}

fn plain(kind: &mut SchemaType) {
    if let SchemaType::Array(kinds) = kind {
        kinds.retain(|kind| *kind != Type::Null);
        if let [only] = kinds.as_slice() {
            *kind = SchemaType::Type(only.clone());
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}
