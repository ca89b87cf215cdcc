/// A program for Python with flowlogs_reader, a reader of flow logs in S3 that others wrote, and the
/// folder of a run in place of the bucket.
///
/// It finds the objects by their keys, as it would at AWS, and prints what it has read.
enum FlowLogReading {
  static let program = #"""
    import datetime, io, os, sys, warnings
    warnings.simplefilter("ignore")
    from flowlogs_reader import S3FlowLogsReader

    root = sys.argv[1]

    class Bucket:
        """As much of a client of S3 as the reader asks."""
        def keys(self, prefix):
            for folder, _, files in os.walk(root):
                for name in files:
                    key = os.path.relpath(os.path.join(folder, name), root)
                    if key.startswith(prefix):
                        yield key
        def list_objects_v2(self, Bucket, Prefix, Delimiter=None):
            found = sorted(self.keys(Prefix))
            if Delimiter is None:
                return {"Contents": [{"Key": key} for key in found]}
            parts = {Prefix + key[len(Prefix):].split(Delimiter)[0] + Delimiter for key in found
                     if Delimiter in key[len(Prefix):]}
            return {"CommonPrefixes": [{"Prefix": part} for part in sorted(parts)]}
        def get_paginator(self, _):
            return self
        def paginate(self, Bucket, Prefix):
            return [self.list_objects_v2(Bucket, Prefix)]
        def get_object(self, Bucket, Key):
            data = open(os.path.join(root, Key), "rb").read()
            return {"Body": io.BytesIO(data), "ContentLength": len(data)}

    reader = S3FlowLogsReader(
        "bucket", start_time=datetime.datetime(2019, 9, 1), end_time=datetime.datetime(2019, 11, 1),
        boto_client=Bucket(), raise_on_error=True)
    for record in reader:
        print(record.interface_id, record.srcaddr, record.dstaddr, record.srcport, record.dstport,
              record.protocol, record.packets, record.bytes, record.action, record.tcp_flags,
              record.flow_direction, record.log_status, sep="\t")
    print("SKIPPED", reader.skipped_records)
    """#
}
