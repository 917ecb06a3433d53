"""Reads a folder of event files with TensorBoard's own readers and prints what they see as JSON:
scalars by run and tag, the findings' text, and the rows of the HParams tab.

    read_event_files.py FOLDER
"""

import glob
import json
import logging
import os
import sys

logging.disable(logging.WARNING)  # that TensorFlow is not there

from tensorboard import context
from tensorboard.backend.event_processing import data_provider, event_accumulator
from tensorboard.backend.event_processing import event_file_loader, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

folder = sys.argv[1]
seen = {"versions": [], "scalars": {}, "text": "", "hparams": {}}

for path in sorted(glob.glob(folder + "/**/*tfevents*", recursive=True)):
    events = list(event_file_loader.EventFileLoader(path).Load())
    seen["versions"].append(events[0].file_version)
    run = os.path.relpath(os.path.dirname(path), folder)
    for event in events:
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "text":
                seen["text"] = value.tensor.string_val[0].decode()
    accumulator = event_accumulator.EventAccumulator(path, size_guidance={"scalars": 0})
    accumulator.Reload()
    seen["scalars"][run] = {
        tag: [[event.step, event.value, event.wall_time] for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }

runs = plugin_event_multiplexer.EventMultiplexer()
runs.AddRunsFromDirectory(folder)
runs.Reload()
provider = data_provider.MultiplexerDataProvider(runs, folder)
backend = backend_context.Context(base_plugin.TBContext(data_provider=provider, logdir=folder))
experiment = backend.experiment_from_metadata(
    context.RequestContext(), "", True, backend.hparams_metadata(context.RequestContext(), ""), []
)
seen["columns"] = sorted(info.name for info in experiment.hparam_infos)
request = api_pb2.ListSessionGroupsRequest(
    slice_size=100,
    aggregation_type=api_pb2.AGGREGATION_AVG,
    allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE],
)
request.col_params.extend(
    api_pb2.ColParams(metric=metric.name) for metric in experiment.metric_infos
)
groups = list_session_groups.Handler(context.RequestContext(), backend, "", request).run()
for group in groups.session_groups:
    seen["hparams"][group.name] = {
        "settings": {
            name: getattr(value, value.WhichOneof("kind")) for name, value in group.hparams.items()
        },
        "sessions": {session.name: session.status for session in group.sessions},
        "metrics": {value.name.tag: value.value for value in group.metric_values},
    }
print(json.dumps(seen))
