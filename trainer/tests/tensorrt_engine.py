"""TensorRT's real parser and builder, which need no GPU."""

import tensorrt_rtx as trt


def engine_bytes(file: bytes) -> int:
    """Size of the engine that TensorRT builds for batches of 1 to 64; what its parser has to say is raised."""
    logger = trt.Logger(trt.Logger.ERROR)
    builder = trt.Builder(logger)
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    assert parser.parse(file), [str(parser.get_error(index)) for index in range(parser.num_errors)]
    profile = builder.create_optimization_profile()
    for index in range(network.num_inputs):
        tensor = network.get_input(index)
        assert tensor.shape[0] == -1, f"{tensor.name} has a fixed batch of {tensor.shape[0]}"
        rest = list(tensor.shape)[1:]
        profile.set_shape(tensor.name, [1, *rest], [8, *rest], [64, *rest])
    config = builder.create_builder_config()
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(network, config)
    assert engine is not None, "TensorRT's builder refused the network"
    return int(engine.nbytes)
