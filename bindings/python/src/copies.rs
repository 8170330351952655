//! `copy.copy` and `copy.deepcopy` for immutable classes.

/// Implements `__copy__` and `__deepcopy__` by returning the object itself: forms and settings copy what they hold, and an
/// immutable object needs no second instance.
macro_rules! copies_are_self {
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

pub(crate) use copies_are_self;
