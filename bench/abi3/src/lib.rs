//! The verifier of the Python package, written for CPython's stable ABI: strings are made from UTF-8, dictionaries grow
//! while they are filled, and items are set by function calls. It leaves out the package's options and error classes.

use payvost_webhooks::{JsonStr, Kind, Value};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString};

/// The keys of the guide's event, whose strings are made once.
const KEYS: [&str; 14] = [
    "id",
    "type",
    "createdAt",
    "liveMode",
    "data",
    "previousData",
    "amount",
    "currency",
    "status",
    "customer",
    "email",
    "name",
    "metadata",
    "orderId",
];

/// Verifies, and makes the event.
#[pyclass(frozen)]
struct WebhookVerifier {
    core: payvost_webhooks::WebhookVerifier,
    keys: [Py<PyString>; KEYS.len()],
}

#[pymethods]
impl WebhookVerifier {
    #[new]
    fn new(py: Python<'_>, secret: &[u8]) -> PyResult<Self> {
        let core = payvost_webhooks::WebhookVerifier::new(secret).map_err(refused)?;
        Ok(Self { core, keys: KEYS.map(|key| PyString::intern(py, key).unbind()) })
    }

    fn verify<'py>(&self, payload: &Bound<'py, PyAny>, signature: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let bytes = payload.cast::<PyBytes>()?.as_bytes();
        let signature = signature.cast::<PyString>()?.to_cow()?;
        let event = self.core.verify(bytes, Some(signature.as_bytes())).map_err(refused)?;
        self.build(payload.py(), event.as_value())
    }
}

impl WebhookVerifier {
    fn build<'py>(&self, py: Python<'py>, value: Value<'_>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match value.kind() {
            Kind::String(string) => text(py, string).into_any(),
            Kind::Object(members) => {
                let dict = PyDict::new(py);
                for (key, value) in members {
                    let value = self.build(py, value)?;
                    match KEYS.iter().position(|known| key.raw() == *known).and_then(|index| self.keys.get(index)) {
                        Some(key) => dict.set_item(key, value)?,
                        None => dict.set_item(text(py, key), value)?,
                    }
                }
                dict.into_any()
            }
            Kind::Array(elements) => {
                let elements = elements.into_iter().map(|value| self.build(py, value)).collect::<PyResult<Vec<_>>>()?;
                PyList::new(py, elements)?.into_any()
            }
            Kind::Number(number) => match number.as_i64().filter(|_| number.is_integer()) {
                Some(value) => value.into_pyobject(py)?.into_any(),
                None => number.as_f64().into_pyobject(py)?.into_any(),
            },
            Kind::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
            Kind::Null => py.None().into_bound(py),
        })
    }
}

fn text<'py>(py: Python<'py>, string: JsonStr<'_>) -> Bound<'py, PyString> {
    if !string.is_escaped() {
        return PyString::new(py, string.raw());
    }
    let mut decoded = String::new();
    string.decode_into(&mut decoded);
    PyString::new(py, &decoded)
}

fn refused(error: payvost_webhooks::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymodule]
mod stable_abi {
    #[pymodule_export]
    use super::WebhookVerifier;
}
