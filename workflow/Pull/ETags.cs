using System.Security.Cryptography;
using System.Text;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Pull;

/// <summary>
/// Tells whether a file is what an object of the bucket is. An ETag is the content's MD5, unless the object was uploaded in
/// parts or encrypted with a key of KMS: of those a file keeps what their content was, a line each.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="folder">The folder that stands in for the bucket.</param>
internal sealed class ETags(string path, LocalObjectStore folder)
{
    private readonly Dictionary<string, (string ETag, string Md5)> _others = Read(path);

    /// <summary>Whether the folder has the object as it is in the bucket.</summary>
    public bool IsHere(RawObject found)
    {
        var file = new FileInfo(folder.PathOf(found.Key));
        return file.Exists && file.Length == found.Size && Md5(file.FullName) is var md5
            && (md5 == found.ETag || _others.TryGetValue(found.Key, out var known) && known == (found.ETag, md5));
    }

    /// <summary>Takes note of an object that has come.</summary>
    public void Remember(string key, string etag)
    {
        var md5 = Md5(folder.PathOf(key));
        lock (_others)
        {
            _others.Remove(key);
            if (md5 != etag)
            {
                _others.Add(key, (etag, md5));
            }
        }
    }

    /// <summary>Writes the file, where there is something to keep.</summary>
    public void Save()
    {
        if (_others.Count > 0 || File.Exists(path))
        {
            var lines = _others.OrderBy(other => other.Key, StringComparer.Ordinal).Select(other => $"{other.Value.Md5} {other.Value.ETag} {other.Key}\n");
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(string.Concat(lines)));
        }
    }

    private static Dictionary<string, (string, string)> Read(string path) => File.Exists(path)
        ? File.ReadLines(path).Select(line => line.Split(' ', 3)).Where(words => words.Length == 3)
            .ToDictionary(words => words[2], words => (words[1], words[0]), StringComparer.Ordinal)
        : [];

    private static string Md5(string path)
    {
        using var file = File.OpenRead(path);
#pragma warning disable CA5351 // S3 chose it; nothing is kept secret or safe by it.
        return Convert.ToHexStringLower(MD5.HashData(file));
#pragma warning restore CA5351
    }
}
