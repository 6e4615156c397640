// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raw.cpp - the bytes of an elements attribute. In C++ because the C API reads
// resources element by element only.

#include "ir/raw.h"

#include "mlir/CAPI/IR.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

const void *ir_raw_data(MlirAttribute attribute, int64_t *size)
{
    ArrayRef<char> data;
    Attribute elements = unwrap(attribute);
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
        AsmResourceBlob *blob = resource.getRawHandle().getBlob();
        data = blob ? blob->getData() : ArrayRef<char>();
    } else if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
        data = dense.getRawData();
    }
    *size = static_cast<int64_t>(data.size());
    return data.data();
}
