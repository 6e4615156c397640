// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{has a knob 'rest', expected start, compare, reset, timing, floor, feedback, input, current, readout, numbers, strict}}
snn.step @step_c3_name attributes {knobs = {rest = "zero"}} {
}

// -----

// expected-error @+1 {{knob 'start' is "rest", expected zero or leak or reset}}
snn.step @step_c3_start attributes {knobs = {start = "rest"}} {
}

// -----

// expected-error @+1 {{knob 'compare' is "lt", expected gt or ge or count}}
snn.step @step_c3_compare attributes {knobs = {compare = "lt"}} {
}

// -----

// expected-error @+1 {{knob 'reset' is "add", expected zero or value or subtract or guard}}
snn.step @step_c3_reset attributes {knobs = {compare = "gt", reset = "add"}} {
}

// -----

// expected-error @+1 {{knob 'timing' is "late", expected same or late-reset or late-spike}}
snn.step @step_c3_timing attributes {knobs = {timing = "late"}} {
}

// -----

// expected-error @+1 {{knob 'floor' is "given", expected none or zero or threshold}}
snn.step @step_c3_floor attributes {knobs = {floor = "given"}} {
}

// -----

// expected-error @+1 {{knob 'feedback' is "bias", expected answer or zero or no-bias}}
snn.step @step_c3_feedback attributes {knobs = {feedback = "bias"}} {
}

// -----

// expected-error @+1 {{knob 'input' is "older", expected new or old}}
snn.step @step_c3_input attributes {knobs = {input = "older"}} {
}

// -----

// expected-error @+1 {{knob 'current' is "older", expected new or old}}
snn.step @step_c3_current attributes {knobs = {current = "older"}} {
}

// -----

// expected-error @+1 {{knob 'readout' is "older", expected new or old}}
snn.step @step_c3_readout attributes {knobs = {readout = "older"}} {
}

// -----

// expected-error @+1 {{knob 'numbers' is "fixed", expected float or integer}}
snn.step @step_c3_numbers attributes {knobs = {numbers = "fixed"}} {
}

// -----

// expected-error @+1 {{knob 'strict' is true, expected no or yes}}
snn.step @step_c3_strict attributes {knobs = {strict = true}} {
}

// -----

// expected-error @+1 {{'snn.step' op attribute 'knobs' failed to satisfy constraint: dictionary of named attribute values}}
snn.step @step_c3_text attributes {knobs = "reset"} {
}
