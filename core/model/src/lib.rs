//! What the registry is: types, rules and use cases, against ports
