// sinabs, weights=8 state=16 granularity=channel scales=power-of-two
module {
  snn.step @net
      inputs(%nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" : tensor<6xi1>)
      states(%lif.prev "lif.prev" : tensor<6xi32> = 0.0,
             %node1.v "node1.v" : tensor<6xf64> = 0.0,
             %lif.v "lif.v" : tensor<6xf64> = 0.0,
             %__x.prev "__x.prev" : tensor<6xi32> = 0.0,
             %__x.v "__x.v" : tensor<6xf64> = 0.0)
      outputs("node5", "node6", "node7")
      attributes {ranges = {"node1.v" = array<f64: 256251981.0, 1.0>, "lif.v" = array<f64: 1559034399.800806, 0.0>, "__x.v" = array<f64: 120437721.27379231, 0.0>}, dt = 0.125, semantics = "sinabs", knobs = {compare = "count", current = "new", feedback = "answer", floor = "threshold", input = "new", numbers = "float", readout = "new", reset = "subtract", start = "zero", strict = "no", timing = "same"}} {
    %node1 = snn.sum "node1" %lif.prev, %nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn : tensor<6xi32>, tensor<6xi1> -> tensor<6xf64>
    %node1_next = snn.integrate "node1" accumulate %node1 into %node1.v {gain = 1.0} : tensor<6xf64>, tensor<6xf64>
    %lif_next = snn.integrate "lif" leaky %node1_next into %lif.v {decay = dense<[0.9394130628134758, 0.9394130628134758, 0.88249690258459546, 0.9394130628134758, 0.9394130628134758, 0.9394130628134758]> : tensor<6xf64>, gain = 1.0} : tensor<6xf64>, tensor<6xf64>
    %lif, %lif_next_0 = snn.fire "lif" %lif_next mode subtract compare count {threshold = 0.17356762290000916, cap = 16777215 : i32} : tensor<6xf64> -> tensor<6xi32>
    %_0 = snn.scale "0" %__x.prev {scale = 0.08179079741246986} : tensor<6xi32> -> tensor<6xf64>
    %__x = snn.sum "__x" %_0, %lif, %nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn : tensor<6xf64>, tensor<6xi32>, tensor<6xi1> -> tensor<6xf64>
    %__x_next = snn.integrate "__x" leaky %__x into %__x.v {decay = 0.8824969025845955, gain = 1.0} : tensor<6xf64>, tensor<6xf64>
    %__x_1, %__x_next_2 = snn.fire "__x" %__x_next mode subtract compare count {threshold = dense<[0.089433789253234863, 0.25847914814949036, 0.11791442334651947, 0.49380666017532349, 0.16894620656967163, 0.34838062524795532]> : tensor<6xf64>, cap = 16777215 : i32} : tensor<6xf64> -> tensor<6xi32>
    %_0_3 = snn.scale "0" %__x_1 {scale = 0.08179079741246986} : tensor<6xi32> -> tensor<6xf64>
    snn.yield %node1_next, %lif, %_0_3 next %lif, %node1_next, %lif_next_0, %__x_1, %__x_next_2 : tensor<6xf64>, tensor<6xi32>, tensor<6xf64> next tensor<6xi32>, tensor<6xf64>, tensor<6xf64>, tensor<6xi32>, tensor<6xf64>
  }
}
