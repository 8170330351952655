//! Copies of what never changes: itself.

/// `copy.copy` and `copy.deepcopy` give the object back: forms and settings copy what they hold.
macro_rules! copied {
    ($($class:ty),+) => {
        $(
            #[pyo3::pymethods]
            impl $class {
                fn __copy__(this: pyo3::Py<Self>) -> pyo3::Py<Self> {
                    this
                }

                fn __deepcopy__(this: pyo3::Py<Self>, memo: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::Py<Self> {
                    let _ = memo;
                    this
                }
            }
        )+
    };
}

pub(crate) use copied;
